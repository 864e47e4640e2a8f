import { expect } from 'chai';
import { EXPECTED, flawOf } from '../conformance-runners/runners';

/** The others need packages of their own: `npm run test:runners`. */
const HERE = ['node:test', 'mocha'];

for (const runner of HERE) {
    describe(`the kit in ${runner}`, function () {
        this.timeout(120_000);

        for (const executor of Object.keys(EXPECTED)) {
            it(`says what it should of the ${executor} executor, and ends`, async () => {
                expect(await flawOf(runner, executor)).to.equal(undefined);
            });
        }
    });
}
