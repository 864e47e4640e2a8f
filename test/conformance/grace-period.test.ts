import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { stats } from 'screwdriver-executor-base/conformance';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import type { StopConfig } from 'screwdriver-executor-base';
import { collect, everythingOn, failures, type Told } from './kit';

/** Its stop orders the end of the build and resolves. The engine takes a while to carry it out. */
class OrdersTheEnd extends MemoryExecutor {
    protected override _stop(config: StopConfig): Promise<void> {
        void sleep(ENDING).then(() => super._stop(config));

        return Promise.resolve();
    }
}

/** Milliseconds. */
const ENDING = 1_500;
/** The checks that look at what runs after a stop. */
const LOOKING = [
    'a stopped build leaves nothing running on the engine',
    'a second instance stops a build that the first one started, or says that it cannot'
];

async function failed(told: Told): Promise<string[]> {
    const checks = collect({ ...everythingOn(OrdersTheEnd), callTimeout: ENDING / 3, ...told });

    return [...(await failures(checks.filter(({ title }) => LOOKING.includes(title)))).keys()];
}

describe('a build that is still ending after stop has resolved', () => {
    it('breaks the rules unless gracePeriod is set', async () => {
        expect(await failed({})).to.have.members(LOOKING);
    });

    it('follows the rules within the grace period', async () => {
        expect(await failed({ gracePeriod: 5 * ENDING })).to.deep.equal([]);
    });

    it('breaks them beyond the grace period', async () => {
        expect(await failed({ gracePeriod: ENDING / 10 })).to.have.members(LOOKING);
    });

    it('adds the grace period to the time limit of a check', () => {
        const limits: number[] = [];

        for (const gracePeriod of [0, 60_000]) {
            stats({
                describe: (_title, body) => body(),
                it: (_title, _body, limit) => limits.push(limit!),
                factory: () => new MemoryExecutor(),
                gracePeriod
            });
        }
        const [shorter, longer] = [Math.min(...limits), Math.max(...limits)];

        expect(longer - shorter).to.equal(60_000);
    });
});
