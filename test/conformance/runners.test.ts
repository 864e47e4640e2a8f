import { expect } from 'chai';
import { EXPECTED, flawOf } from '../conformance-runners/runners';

/** The other runners need their own packages: `npm run test:runners`. */
const HERE = ['node:test', 'mocha'];
const EXECUTORS = Object.keys(EXPECTED).filter(executor => !executor.includes('hangs'));

for (const runner of HERE) {
    describe(`the kit in ${runner}`, function () {
        this.timeout(120_000);
        const flaws = new Map<string, Promise<string | undefined>>();

        // Concurrent, since they wait for servers and timers.
        before(() => {
            for (const executor of EXECUTORS) flaws.set(executor, flawOf(runner, executor));
        });

        for (const executor of EXECUTORS) {
            it(`says what it should of the ${executor} executor, and ends`, async () => {
                expect(await flaws.get(executor)).to.equal(undefined);
            });
        }
    });
}
