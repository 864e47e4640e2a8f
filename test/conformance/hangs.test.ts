import { expect } from 'chai';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import type Executor from 'screwdriver-executor-base';
import { collect, everythingOn, failures } from './kit';

/** Milliseconds, long enough for a busy machine. Only calls that hang take this long. */
const LIMIT = 3_000;
const HOOKS = ['_start', '_stop', '_verify', '_status', '_startTimer', '_stopTimer', '_cleanUp'] as const;
/** Fails for every executor without calls in turn, whatever hangs. */
const RACE = 'a stop during a start leaves nothing running';
const CASES = [...HOOKS.map(hook => [hook, true] as const), ...HOOKS.map(hook => [hook, false] as const)];

/** A class with one hook that never settles, and the calls of that hook. */
function hanging(hook: (typeof HOOKS)[number], isInTurn: boolean) {
    const calls: unknown[] = [];

    class Hanging extends MemoryExecutor {
        static override readonly callsInTurn: boolean = isInTurn;

        /** Short, so that nothing keeps this process alive after the tests. */
        protected override shutDown(): Promise<void> {
            return super.shutDown([], 1_000, 0);
        }
    }
    Object.defineProperty(Hanging.prototype, hook, {
        value: (config: unknown) => {
            calls.push(config);

            return new Promise(() => {});
        }
    });

    return { Hanging, calls };
}

/** The reports of the failing checks, which run one after the other as in a runner. */
async function reportsOf(Class: new () => MemoryExecutor): Promise<Map<string, string>> {
    const { engineDown, engineSlow, ...told } = everythingOn(Class);
    const checks = collect({ ...told, startTimeout: LIMIT, callTimeout: LIMIT });
    const reports = new Map<string, string>();

    void [engineDown, engineSlow];
    // What is left in the process can only be seen while nothing else runs in it.
    for (const check of checks.filter(({ group }) => group !== 'shutdown')) {
        for (const [title, message] of await failures([check])) reports.set(title, message);
    }

    return reports;
}

describe('a hook that never settles', function () {
    this.timeout(120_000);
    const found = new Map<string, Promise<{ reports: string[]; calls: unknown[] }>>();

    // Concurrent, since they wait most of the time.
    before(() => {
        for (const [hook, isInTurn] of CASES) {
            const { Hanging, calls } = hanging(hook, isInTurn);
            const reports = reportsOf(Hanging).then(told => ({
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
        const reports = await reportsOf(HangsOnPullRequests);

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
