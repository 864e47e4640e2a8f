import { expect } from 'chai';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { BROKEN } from '../broken';
import { collect, everythingOn, failures } from '../kit';

/** Milliseconds that a call may take. Only the executors that hang take this long. */
const LIMITS = { startTimeout: 2_000, callTimeout: 2_000 };

/**
 * For mutation testing: what broken.test.ts and memory.test.ts test, one check in each test. There, all the checks run
 * at once, which is too slow for each mutant, or share what they know of calls that hang, which would outlive a mutant.
 */
describe('a check of the kit', () => {
    for (const [index, [title, Class, told]] of BROKEN.entries()) {
        it(`finds a broken executor: ${index} ${title}`, async () => {
            const checks = collect({ ...everythingOn(Class), ...LIMITS, ...told });
            const found = await failures(checks.filter(check => check.title === title));

            expect(found.get(title)).to.match(/^.+\n {2}What happened: .+[^]*\n {2}Why: .+\n {2}What to change: .+$/);
        });
    }

    for (const { title } of collect(everythingOn(MemoryExecutor))) {
        it(`passes the executor in memory: ${title}`, async () => {
            const checks = collect({ ...everythingOn(MemoryExecutor), ...LIMITS });
            const found = await failures(checks.filter(check => check.title === title));

            expect([...found.values()]).to.deep.equal([]);
        });
    }
});
