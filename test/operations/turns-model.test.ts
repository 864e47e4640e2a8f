import { inspect } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import sinon from 'sinon';
import Executor, {
    type StartConfig,
    type StartContext,
    type StopConfig,
    type StopContext
} from 'screwdriver-executor-base';
import { startConfig, stopConfig } from '../support/configs';

// `npm run test:turns` has more of them.
const RUNS = Number(process.env.RUNS ?? 500);

const BUILDS = [7, 8] as const;
/** Ids that validation treats as one build. */
const FORMS: Record<number, Array<number | string>> = { 7: [7, '7', '07', '7.0'], 8: [8, '8'] };

const START_WAYS = [
    'starts',
    'rejects',
    'throws',
    'heeds',
    'ignores',
    'never',
    'goesOn',
    'goesOnAndFails',
    'goesOnForever'
];
const STOP_WAYS = [
    'ends',
    'rejects',
    'throws',
    'slow',
    'never',
    'handsOver',
    'endingFails',
    'endingNever',
    'failsAfterHandover'
];

type Way = { way: string; takes: number };

/** The outcome of a call. */
interface Call {
    what: 'start' | 'stop';
    build: number;
    way: Way;
    config: object;
    outcome?: { value: unknown } | { error: any };
    /** A stop came before its outcome was known. */
    isStopped: boolean;
    afterCleanUp: boolean;
}

/** A hook that has been called. */
interface HookCall {
    what: 'start' | 'stop';
    build: number;
    call: Call;
    isSettled: boolean;
    failed: boolean;
    /** Its work for waitUntil has not settled. */
    goesOn: boolean;
    /** Its work for waitUntil has failed without having been aborted. */
    isNews: boolean;
}

const wait = (milliseconds: number) => new Promise<void>(resolve => setTimeout(resolve, milliseconds));
const never = () => new Promise<never>(() => {});

/**
 * An engine and an executor for it. Each hook acts as its config says. The engine creates what it was asked to create,
 * even if its client has given up.
 */
class System extends Executor {
    static override readonly callsInTurn: boolean = true;
    readonly containers = new Map<number, number>(BUILDS.map(build => [build, 0]));
    readonly calls: Call[] = [];
    readonly hooks: HookCall[] = [];
    readonly faults: string[] = [];
    isClosed = false;
    /** The builds whose failure would be reported to the API. */
    readonly reports: number[] = [];

    override reportFailure({ buildId }: { buildId: number | string }): Promise<boolean> {
        this.reports.push(Number(buildId));

        return Promise.resolve(true);
    }

    protected override _start(config: StartConfig, context: StartContext): unknown {
        const call = this.#callOf(config);
        const { way, takes } = call.way;
        const hook = this.#begin(call);
        const { signal, shutdownSignal } = context;
        // A stop must not abort a request that creates something, because the engine might carry it out after the stop.
        const make = () => this.#create(call.build, takes, shutdownSignal);
        const heed = () => unlessAborted(wait(takes), signal).then(make);
        const goOn = (work: Promise<unknown>) => {
            hook.goesOn = true;
            context.waitUntil(work.finally(() => (hook.goesOn = false)));

            return Promise.resolve(false);
        };
        const ways: Record<string, () => unknown> = {
            starts: make,
            rejects: () => wait(takes).then(() => Promise.reject(new Error('rejected'))),
            throws: () => {
                throw new Error('thrown');
            },
            heeds: heed,
            ignores: () => wait(8_000 + takes * 10).then(make),
            never,
            goesOn: () => goOn(heed()),
            goesOnAndFails: () =>
                goOn(
                    wait(takes).then(() => {
                        if (!context.signal.aborted) hook.isNews = true;

                        return Promise.reject(new Error('failed later'));
                    })
                ),
            goesOnForever: () => goOn(never())
        };

        return this.#run(hook, ways[way]!);
    }

    protected override _stop(config: StopConfig, { waitUntil }: StopContext): unknown {
        const call = this.#callOf(config);
        const { way, takes } = call.way;
        const hook = this.#begin(call);
        const end = () => this.containers.set(call.build, 0);
        const handOver = (work: Promise<unknown>) => {
            hook.goesOn = true;
            waitUntil(work.finally(() => (hook.goesOn = false)));
        };
        const ways: Record<string, () => unknown> = {
            ends: end,
            rejects: () => wait(takes).then(() => Promise.reject(new Error('rejected'))),
            throws: () => {
                throw new Error('thrown');
            },
            slow: () => wait(takes).then(end),
            never,
            handsOver: () => handOver(wait(takes).then(end)),
            endingFails: () => handOver(wait(takes).then(() => Promise.reject(new Error('failed later')))),
            endingNever: () => handOver(never()),
            failsAfterHandover: () => {
                handOver(wait(takes).then(end));

                return Promise.reject(new Error('rejected'));
            }
        };

        return this.#run(hook, ways[way]!);
    }

    protected override _verify(): string {
        return 'not running';
    }

    /** The client gives up when its signal is aborted. The engine carries out the request anyway. */
    #create(build: number, takes: number, signal: AbortSignal): Promise<void> {
        const made = wait(takes).then(() => {
            this.containers.set(build, this.containers.get(build)! + 1);
        });

        return unlessAborted(made, signal);
    }

    #callOf(config: object): Call {
        return this.calls.find(call => call.config === config)!;
    }

    /** What must not be running when a hook is called. */
    #begin(call: Call): HookCall {
        const { what, build } = call;
        const others = this.hooks.filter(other => other.build === build);
        const isAtWork = ({ isSettled, goesOn }: HookCall) => !isSettled || goesOn;

        if (what === 'start') {
            if (others.some(isAtWork)) this.faults.push(`a start of ${build} beside ${inspect(others.find(isAtWork))}`);
            if (call.afterCleanUp) this.faults.push(`a start of ${build} after cleanUp`);
        } else if (others.some(other => other.what === 'stop' && !other.isSettled)) {
            this.faults.push(`a stop of ${build} beside another`);
        }
        const hook = { what, build, call, isSettled: false, failed: false, goesOn: false, isNews: false };

        this.hooks.push(hook);

        return hook;
    }

    #run(hook: HookCall, way: () => unknown): unknown {
        const settle = (failed: boolean) => {
            hook.isSettled = true;
            hook.failed = failed;
        };

        try {
            const result = way();

            if (!(result instanceof Promise)) {
                settle(false);

                return result;
            }

            return result.then(
                value => {
                    settle(false);

                    return value as unknown;
                },
                (error: Error) => {
                    settle(true);
                    throw error;
                }
            );
        } catch (error) {
            settle(true);
            throw error;
        }
    }
}

async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
    let onAbort = () => {};
    const aborted = new Promise<never>((_, reject) => {
        onAbort = () => reject(signal.reason as Error);
        signal.addEventListener('abort', onAbort);
        if (signal.aborted) onAbort();
    });

    try {
        await Promise.race([work, aborted]);
    } finally {
        signal.removeEventListener('abort', onAbort);
    }
}

interface Real {
    system: System;
    clock: sinon.SinonFakeTimers;
}

type Step = fc.AsyncCommand<object, Real>;

/** A start or a stop that the test does not wait for. */
class Make implements Step {
    constructor(
        readonly what: 'start' | 'stop',
        readonly build: number,
        readonly form: number,
        readonly way: Way
    ) {}

    check(): boolean {
        return true;
    }

    async run(_model: object, { system, clock }: Real): Promise<void> {
        const { what, build, way } = this;
        const forms = FORMS[build]!;
        const buildId = forms[this.form % forms.length];
        const config = what === 'start' ? startConfig({ buildId }) : stopConfig({ buildId });
        const isAtWork = system.hooks.some(hook => hook.what === 'start' && hook.build === build && !hook.isSettled);
        const call: Call = { what, build, way, config, isStopped: false, afterCleanUp: system.isClosed && !isAtWork };

        if (what === 'stop') {
            for (const other of system.calls) {
                if (other.build === build && other.what === 'start' && !other.outcome) other.isStopped = true;
            }
        }
        system.calls.push(call);
        system[what](config as StartConfig).then(
            (value: unknown) => (call.outcome = { value }),
            (error: unknown) => (call.outcome = { error })
        );
        await clock.tickAsync(0);
    }

    toString(): string {
        return `${this.what}(${this.build}, ${this.way.way} ${this.way.takes})`;
    }
}

class Verify implements Step {
    constructor(readonly build: number) {}

    check(): boolean {
        return true;
    }

    async run(_model: object, { system, clock }: Real): Promise<void> {
        const isEnding = system.hooks.some(
            ({ what, build, isSettled, goesOn }) => what === 'stop' && build === this.build && (!isSettled || goesOn)
        );
        let text: unknown;

        void system.verify(startConfig({ buildId: this.build })).then((given: unknown) => (text = given));
        await clock.tickAsync(0);
        // It never waits.
        expect(text).to.be.oneOf(isEnding ? [''] : ['', 'not running']);
    }

    toString(): string {
        return `verify(${this.build})`;
    }
}

class Pass implements Step {
    constructor(readonly milliseconds: number) {}

    check(): boolean {
        return true;
    }

    async run(_model: object, { clock }: Real): Promise<void> {
        await clock.tickAsync(this.milliseconds);
    }

    toString(): string {
        return `pass(${this.milliseconds})`;
    }
}

class CleanUp implements Step {
    check(): boolean {
        return true;
    }

    async run(_model: object, { system, clock }: Real): Promise<void> {
        system.isClosed = true;
        system.cleanUp().catch(() => {});
        await clock.tickAsync(0);
    }

    toString(): string {
        return 'cleanUp()';
    }
}

const build = fc.constantFrom(...BUILDS);
const way = (ways: string[]) =>
    fc.record({ way: fc.constantFrom(...ways), takes: fc.constantFrom(0, 1, 20, 300, 2_000) });
const steps = fc.commands(
    [
        fc.tuple(build, fc.nat(3), way(START_WAYS)).map(([...of]) => new Make('start', ...of)),
        fc.tuple(build, fc.nat(3), way(START_WAYS)).map(([...of]) => new Make('start', ...of)),
        fc.tuple(build, fc.nat(3), way(STOP_WAYS)).map(([...of]) => new Make('stop', ...of)),
        fc.tuple(build, fc.nat(3), way(STOP_WAYS)).map(([...of]) => new Make('stop', ...of)),
        build.map(of => new Verify(of)),
        fc.constantFrom(0, 1, 25, 500, 9_999, 10_001, 30_000).map(milliseconds => new Pass(milliseconds)),
        fc.constant(new CleanUp())
    ],
    { maxCommands: 25 }
);

/** What must hold when everything that can settle has settled. */
function judge({ calls, hooks, faults, containers, reports, isClosed }: System): void {
    expect(faults).to.deep.equal([]);
    expect(reports).to.have.members(hooks.filter(({ isNews }) => isNews).map(({ build: failed }) => failed));
    for (const of of BUILDS) {
        const own = hooks.filter(hook => hook.build === of);
        const stops = own.filter(hook => hook.what === 'stop');
        const isStopping = stops.some(hook => !hook.isSettled);
        const isEnding = isStopping || stops.some(hook => hook.goesOn);
        const isStarting = own.some(hook => hook.what === 'start' && !hook.isSettled);
        const last = own.at(-1);

        for (const { what, way, isStopped, outcome } of calls.filter(({ build: called }) => called === of)) {
            if (what === 'stop' ? isStopping : !isStopped && (isEnding || isStarting)) continue;
            expect(outcome, `${what} of ${of}, ${way.way}`).to.not.equal(undefined);
            if (what === 'start' && isStopped) expect(outcome).to.deep.equal({ value: false });
        }
        // An engine carries out requests even if a shutdown has aborted them.
        if (isClosed || own.some(hook => !hook.isSettled || hook.goesOn)) continue;
        if (last?.what === 'stop' && !last.failed && last.call.way.way !== 'endingFails') {
            expect(containers.get(of), `containers of ${of}`).to.equal(0);
        }
    }
}

describe(`${RUNS} sequences of calls in turn`, function () {
    this.timeout(RUNS * 200);

    it('hold to the rules on an engine whose effects come after its client has given up', async () => {
        await fc.assert(
            fc.asyncProperty(steps, async commands => {
                const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
                const system = new System();

                try {
                    await fc.asyncModelRun(() => ({ model: {}, real: { system, clock } }), commands);
                    await clock.tickAsync(120_000);
                    judge(system);
                    expect(clock.countTimers()).to.equal(0);
                } finally {
                    clock.restore();
                }
            }),
            { numRuns: RUNS }
        );
    });
});
