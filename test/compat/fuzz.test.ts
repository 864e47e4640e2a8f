import assert = require('node:assert');
import { isDeepStrictEqual } from 'node:util';
import { inChild } from './in-child';
import { OPERATIONS } from './operations';

const COUNT = process.env.COMPAT_FULL ? 100_000 : 2_000;
const METHODS = [...OPERATIONS, 'parseAnnotations'];

/** Runs the same seeded cases on both bases: what is rejected and how, what the hook gets, what the caller gets. */
describe(`Fuzz: ${COUNT} cases per method, over 11.1.0 and over this package`, () => {
    const both = (job: object) =>
        Promise.all([
            inChild('upstream', 'run-fuzz', { job: { ...job, upstream: true } }),
            inChild('ours', 'run-fuzz', { job })
        ]);
    let upstream: any;
    let ours: any;

    before(async () => {
        [upstream, ours] = await both({ methods: METHODS, count: COUNT });
    });

    for (const method of METHODS) {
        it(method, async () => {
            const chunk = ours[method].findIndex((digest: string, index: number) => digest !== upstream[method][index]);

            assert.strictEqual(ours[method].length, COUNT / 250);
            if (chunk === -1) return;
            const [expected, actual] = await both({ methods: [method], chunk });
            const first = actual.findIndex(
                (outcome: unknown, index: number) => !isDeepStrictEqual(outcome, expected[index])
            );

            assert.deepStrictEqual(
                { chunk, first, outcome: actual[first] },
                { chunk, first, outcome: expected[first] }
            );
        });
    }
});
