import assert = require('node:assert');
import path = require('node:path');
import { ROOT } from '../support/child';
import { NEWEST, RUNTIMES, run, type Runtime } from './tools';

const MOCHA = path.join(ROOT, 'node_modules', 'mocha', 'bin', 'mocha.js');

/** Whether its tests have already run: they belong to the unit tests, which `npm test` and runtimes.test.js run. */
const hasRun = ({ version }: Runtime) =>
    [process.version, ...RUNTIMES.map(runtime => runtime.version)].includes(version);

// Changes of a new Node show here first, because of the sockets, processes and signals.
for (const runtime of NEWEST) {
    const { name, node } = runtime;

    describe(`the process executor on Node.js ${name}`, () => {
        if (!hasRun(runtime)) {
            it('passes its tests', async () => {
                await run(node, [MOCHA, '--reporter=dot', 'examples/process-executor/test/**/*.test.ts'], {
                    cwd: ROOT
                });
            });
        }

        it('runs the demo', async () => {
            assert.match(
                await run(node, ['-r', 'tsx/cjs', 'examples/process-executor/demo/main.ts'], { cwd: ROOT }),
                /./
            );
        });
    });
}
