'use strict';

const assert = require('node:assert');
const path = require('node:path');
const { describe, it } = require('mocha');
const { NEWEST, ROOT, run } = require('./tools');

const MOCHA = path.join(ROOT, 'node_modules', 'mocha', 'bin', 'mocha.js');

// Sockets, processes and signals: what a new Node changes shows here first.
for (const { name, node } of NEWEST) {
    describe(`the process executor on Node.js ${name}`, () => {
        it('passes its tests', async () => {
            await run(node, [MOCHA, '--reporter=dot', 'examples/process-executor/test/**/*.test.ts'], { cwd: ROOT });
        });

        it('runs the demo', async () => {
            assert.match(
                await run(node, ['-r', 'tsx/cjs', 'examples/process-executor/demo/main.ts'], { cwd: ROOT }),
                /./
            );
        });
    });
}
