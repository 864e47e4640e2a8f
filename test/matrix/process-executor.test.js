'use strict';

const assert = require('node:assert');
const path = require('node:path');
const { describe, it } = require('mocha');
const { NEWEST, ROOT, RUNTIMES, run } = require('./tools');

const MOCHA = path.join(ROOT, 'node_modules', 'mocha', 'bin', 'mocha.js');

/** Its tests are among the unit tests, which `npm test` and runtimes.test.js run. */
const hasRun = ({ version }) => [process.version, ...RUNTIMES.map(runtime => runtime.version)].includes(version);

// Sockets, processes and signals: what a new Node changes shows here first.
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
