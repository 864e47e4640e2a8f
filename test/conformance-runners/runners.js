'use strict';

const { execFile } = require('node:child_process');
const path = require('node:path');

/** How each runner runs its one file here. Those with a package come from this folder's own node_modules. */
const RUNNERS = {
    'node:test': ['--test', '--test-reporter=spec', 'node-test.spec.js'],
    mocha: [require.resolve('mocha/bin/mocha.js'), '--no-config', 'mocha.spec.js'],
    vitest: [path.join(__dirname, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'vitest.config.mjs'],
    jest: [path.join(__dirname, 'node_modules/jest/bin/jest.js'), '--config', 'jest.config.json', '--ci']
};

/** What each executor must end in: whether the runner is content, and what it must say. */
const EXPECTED = {
    right: { isGreen: true, says: /\b\d{2,} (passing|passed)|pass \d{2,}/ },
    broken: {
        isGreen: false,
        says: /verify resolves a text once it is supported\s+What happened: verify resolved undefined\s+Why: .+\s+What to change: /
    },
    hanging: { isGreen: false, says: /What happened: status never settles: two calls, one for a plain build, have waited 1000 ms each/ }
};

/** What is wrong with how a runner ends on an executor, or nothing. */
function flawOf(runner, executor) {
    const { isGreen, says } = EXPECTED[executor];
    // A runner that is run by another one would take over its settings.
    const { NODE_TEST_CONTEXT, NODE_V8_COVERAGE, ...env } = process.env;

    void [NODE_TEST_CONTEXT, NODE_V8_COVERAGE];

    return new Promise(resolve => {
        const options = { cwd: __dirname, env: { ...env, NO_COLOR: '1', EXECUTOR: executor }, timeout: 120_000 };

        execFile(process.execPath, RUNNERS[runner], options, (error, stdout, stderr) => {
            const output = `${stdout}\n${stderr}`;

            if (error?.killed) resolve(`it hangs\n${output}`);
            else if ((error === null) !== isGreen) resolve(`it is ${isGreen ? 'red' : 'green'}\n${output}`);
            else resolve(says.test(output) ? undefined : `it does not say ${says}\n${output}`);
        });
    });
}

module.exports = { EXPECTED, flawOf };
