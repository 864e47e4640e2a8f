import { expect } from 'chai';
import { EXPECTED, flawOf } from '../conformance-runners/runners';

/** The others need packages of their own: `npm run test:packages -- runners`. */
const HERE = ['node:test', 'mocha'];

for (const runner of HERE) {
    describe(`the kit in ${runner}`, function () {
        this.timeout(120_000);
        const flaws = new Map<string, Promise<string | undefined>>();

        // Side by side: most of the time the hanging executor is waited for.
        before(() => {
            for (const executor of Object.keys(EXPECTED)) flaws.set(executor, flawOf(runner, executor));
        });

        for (const executor of Object.keys(EXPECTED)) {
            it(`says what it should of the ${executor} executor, and ends`, async () => {
                expect(await flaws.get(executor)).to.equal(undefined);
            });
        }
    });
}
