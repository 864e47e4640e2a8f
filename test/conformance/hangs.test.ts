import { expect } from 'chai';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import type Executor from 'screwdriver-executor-base';
import { hanging, HOOKS, reportsOf } from './hanging';
import { collect, everythingOn, failures } from './kit';

/** Milliseconds, long enough for a busy machine. Only calls that hang take this long. */
const LIMIT = 3_000;
/** Fails for every executor without calls in turn, whatever hangs. */
const RACE = 'a stop during a start leaves nothing running';
const CASES = [...HOOKS.map(hook => [hook, true] as const), ...HOOKS.map(hook => [hook, false] as const)];

describe('a hook that never settles', function () {
    this.timeout(120_000);
    const found = new Map<string, Promise<{ reports: string[]; calls: unknown[] }>>();

    // Concurrent, since they wait most of the time.
    before(() => {
        for (const [hook, isInTurn] of CASES) {
            const { Hanging, calls } = hanging(hook, isInTurn);
            const reports = reportsOf(Hanging, LIMIT).then(told => ({
                reports: [...told].filter(([title]) => isInTurn || title !== RACE).map(([, report]) => report),
                calls
            }));

            found.set(`${hook} ${isInTurn}`, reports);
        }
    });

    for (const [hook, isInTurn] of CASES) {
        it(`is reported first, in full and once, and called twice: ${hook}${isInTurn ? ', calls in turn' : ''}`, async () => {
            const { reports, calls } = (await found.get(`${hook} ${isInTurn}`))!;
            const [first = '', ...others] = reports;
            const name = hook.slice(1);

            expect(first.split('\n').slice(0, 2)).to.deep.equal([
                `${name} settles`,
                `  What happened: ${name} never settles: two calls, one of them for a plain build, waited ${LIMIT} ms each`
            ]);
            expect(first).to.match(/\n {2}What to change: give each wait in _\w+ a limit below (start|call)Timeout/);
            for (const other of others)
                expect(other).to.match(new RegExp(`^Not tried: ${name} never settles, see ".+"$`));
            expect(calls.filter(config => config !== undefined && 'buildId' in Object(config)).length).to.be.at.most(2);
        });
    }

    it('for one kind of build fails only the check of that kind', async () => {
        class HangsOnPullRequests extends MemoryExecutor {
            protected override _start(config: Executor.StartConfig, context: Executor.StartContext): Promise<boolean> {
                return config.isPR ? new Promise(() => {}) : super._start(config, context);
            }
        }
        const reports = await reportsOf(HangsOnPullRequests, LIMIT);

        expect([...reports.keys()]).to.deep.equal(['start accepts a build of a pull request']);
        expect([...reports.values()][0]).to.include(`\n  What happened: start did not settle within ${LIMIT} ms\n`);
    });

    it('of a start is not blamed on the stop that waits for it', async () => {
        class HangsOnceStopped extends MemoryExecutor {
            protected override _start(config: Executor.StartConfig, context: Executor.StartContext): Promise<boolean> {
                return super._start(config, context).catch(() => new Promise(() => {}));
            }

            protected override shutDown(): Promise<void> {
                return super.shutDown([], 1_000, 0);
            }
        }
        const { factory, observe } = everythingOn(HangsOnceStopped);
        const told = { factory, observe, startTimeout: LIMIT, callTimeout: LIMIT / 3 };
        const failed = await failures(collect(told).filter(check => check.title === RACE));

        expect(failed.get(RACE)).to.include(`\n  What happened: start did not settle within ${LIMIT} ms\n`);
    });
});
