'use strict';

const assert = require('node:assert');
const path = require('node:path');
const { describe, it } = require('mocha');
const { FULL, ROOT, RUNTIMES, place, run } = require('./tools');

const MOCHA = path.join(ROOT, 'node_modules', 'mocha', 'bin', 'mocha.js');
const REPORTER = path.join(ROOT, 'test', 'support', 'summary-reporter.js');
const SMOKE = ['differences', 'traps', 'api-wiring'].map(name => path.join(ROOT, 'test', 'compat', `${name}.test.js`));

for (const { name, node, version } of RUNTIMES) {
    describe(`Node.js ${name}`, () => {
        it('is the release that its name says', async () => {
            assert.strictEqual((await run(node, ['--version'])).trim(), version);
            assert.match(version, new RegExp(`^v${parseInt(name, 10)}\\.`));
        });
        for (const consumer of ['commonjs.cjs', 'default.mjs', 'named.mjs', 'mockery.cjs']) {
            it(`consumes the package in ${consumer}`, async () => {
                assert.match(await run(node, [path.join(place('consumers'), consumer)]), /^consumed$/m);
            });
        }
        // In the short form, `npm test` has run them on the release that this is run on.
        if (FULL || version !== process.version) {
            it('passes the unit tests', async () => {
                await run(node, ['-r', 'tsx/cjs', 'test/unit.ts'], { cwd: ROOT });
            });
        }
        it('runs the published executors as 11.1.0 does', async () => {
            const output = await run(node, [
                MOCHA,
                '--no-config',
                '--timeout=600000',
                `--reporter=${REPORTER}`,
                ...SMOKE
            ]);

            assert.match(output, /^[1-9]\d* passed, 0 failed$/m);
        });
    });
}
