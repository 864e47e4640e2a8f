import assert = require('node:assert');
import { isDeepStrictEqual } from 'node:util';
import brokenBases = require('./broken-bases');
import { expected } from './differences';
import { inChild } from './in-child';

/** Shows that the comparison can fail: the check named for each of these bases distinguishes it from 11.1.0. */
describe('Broken bases', () => {
    const names = [...new Set(Object.values(brokenBases).map(({ caughtBy }) => caughtBy))];
    let upstream: any;
    let ours: any;

    /** Only the trace of a scenario has events. */
    const wanted = (name: string) => (isTrace(upstream[name]) ? expected(upstream[name]) : upstream[name]);

    before(async () => {
        [upstream, ours] = await Promise.all([
            inChild('upstream', 'run-checks', { job: { names, upstream: true } }),
            inChild('ours', 'run-checks', { job: { names } })
        ]);
    });

    it('this package is not one of them', () => {
        for (const name of names) assert.deepStrictEqual(ours[name], wanted(name), name);
    });
    for (const [broken, { caughtBy }] of Object.entries(brokenBases)) {
        it(`${broken}: caught by "${caughtBy}"`, async () => {
            const shown = await inChild('ours', 'run-checks', { broken, job: { names: [caughtBy] } });

            assert.notStrictEqual(upstream[caughtBy], 'no such check');
            assert.ok(!isDeepStrictEqual(shown[caughtBy], wanted(caughtBy)), 'not caught');
        });
    }
});

function isTrace(shown: unknown): boolean {
    return Array.isArray(shown) && shown.some(event => event?.called || event?.noted || event?.hook);
}
