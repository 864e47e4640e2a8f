import assert = require('node:assert');
import path = require('node:path');
import { ROOT } from '../support/child';
import { mocha } from '../support/mocha';
import { FULL, RUNTIMES, place, run } from './tools';

const SMOKE = ['differences', 'traps', 'api-wiring'].map(name => path.join(ROOT, 'test', 'compat', `${name}.test.ts`));

for (const { name, node, version } of RUNTIMES) {
    describe(`Node.js ${name}`, () => {
        it('is the release of its name', async () => {
            assert.strictEqual((await run(node, ['--version'])).trim(), version);
            assert.match(version, new RegExp(`^v${parseInt(name, 10)}\\.`));
        });
        for (const consumer of ['commonjs.cjs', 'default.mjs', 'named.mjs', 'mockery.cjs']) {
            it(`consumes the package in ${consumer}`, async () => {
                assert.match(await run(node, [path.join(place('consumers'), consumer)]), /^consumed$/m);
            });
        }
        // In the short form, `npm test` has already run them on this release.
        if (FULL || version !== process.version) {
            it('passes the unit tests', async () => {
                await run(node, ['-r', 'tsx/cjs', 'test/unit.ts'], { cwd: ROOT });
            });
        }
        it('runs the published executors as 11.1.0 does', async () => {
            const output = await run(node, mocha(600_000, ...SMOKE), { cwd: ROOT });

            assert.match(output, /^[1-9]\d* passed, 0 failed$/m);
        });
    });
}
