import { describe, it } from 'node:test';
import { conformance } from 'screwdriver-executor-base/conformance';
import {{class}}Executor = require('../lib/executor');

conformance({
    describe,
    it,
    factory: () => new {{class}}Executor(),
    observe: {
        /** What the engine itself says that runs for a build. */
        async running({ engine }, buildId) {
            const task = await engine.find(`build-${buildId}`);

            return task ? [task] : [];
        },
        async args({ engine }, buildId) {
            const { command, args } = (await engine.find(`build-${buildId}`))!;

            return [command, ...args];
        }
    }
});
