import { expect } from 'chai';
import Executor, { ExecutorError, kindOf, type HookContext, type StartConfig } from 'screwdriver-executor-base';
import { startConfig } from '../support/configs';
import { executorWith, rejection } from '../support/executors';

const after = (milliseconds: number) => new Promise<void>(resolve => setTimeout(resolve, milliseconds));

type Step = () => unknown;

/** Each start does what its test sets; `cleanUp` calls `shutDown`. */
class Engine extends Executor {
    readonly events: unknown[] = [];

    constructor(
        readonly work: (context: HookContext) => unknown,
        readonly shutdown: [steps?: Step[], deadline?: number] = []
    ) {
        super();
    }

    protected override async _start(config: StartConfig, context: HookContext): Promise<unknown> {
        try {
            return await this.work(context);
        } finally {
            this.events.push(`start ${config.buildId} ended`);
        }
    }

    protected override _stop(): void {}

    protected override async _cleanUp(): Promise<void> {
        this.events.push('cleaning up');
        await this.shutDown(...this.shutdown);
        this.events.push('cleaned up');
    }
}

/** Waits on an engine that never answers, until its signal is aborted. */
const untilAborted = ({ signal }: HookContext) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

describe('the shutdown', () => {
    it('ends at once if no operation is in progress', async () => {
        const engine = new Engine(() => {});

        await engine.start(startConfig());
        await engine.cleanUp();
        await engine.cleanUp();
        expect(engine.events.slice(1)).to.deep.equal(['cleaning up', 'cleaned up', 'cleaning up', 'cleaned up']);
    });

    it('waits for the operations in progress, then takes the steps, one after the other', async () => {
        const engine: Engine = new Engine(
            () => after(30),
            [
                [
                    async () => {
                        await after(5);
                        engine.events.push('first');
                    },
                    () => engine.events.push('second')
                ]
            ]
        );
        const starts = [1, 2].map(buildId => engine.start(startConfig({ buildId })));

        await engine.cleanUp();
        expect(engine.events).to.deep.equal([
            'cleaning up',
            'start 1 ended',
            'start 2 ended',
            'first',
            'second',
            'cleaned up'
        ]);
        await Promise.all(starts);
    });

    it('waits for an operation that begins meanwhile', async () => {
        const engine = new Engine(() => after(20));
        const first = engine.start(startConfig({ buildId: 1 }));
        const end = engine.cleanUp();

        await after(5);
        const second = engine.start(startConfig({ buildId: 2 }));

        await end;
        expect(engine.events.slice(-1)).to.deep.equal(['cleaned up']);
        expect(engine.events).to.include('start 2 ended');
        await Promise.all([first, second]);
    });

    it('aborts the signals of the hooks at four fifths of its deadline', async () => {
        const engine = new Engine(untilAborted, [[], 2_000]);
        const begun = performance.now();
        const start = rejection(engine.start(startConfig()));

        await engine.cleanUp();
        expect(performance.now() - begun).to.be.within(1_590, 1_995);
        const reason = await start;

        expect(reason).to.be.instanceOf(ExecutorError);
        expect(reason).to.include({ code: 'EXECUTOR_SHUTDOWN', kind: 'cancelled', retryable: true });
        expect(kindOf(reason)).to.equal('cancelled');
    });

    it('aborts a signal that its hook asks for only later', async () => {
        let context: HookContext | undefined;
        const engine = new Engine(
            given => {
                context = given;

                return after(80);
            },
            [[], 50]
        );
        const start = engine.start(startConfig());

        await rejection(engine.cleanUp());
        expect(context!.signal.aborted).to.equal(true);
        expect(context!.signal).to.equal(context!.signal);
        await start;
    });

    it('aborts no signal of a hook that has settled, nor one within the deadline', async () => {
        const signals: AbortSignal[] = [];
        const engine = new Engine(
            ({ signal }) => {
                signals.push(signal);

                return after(10);
            },
            [[], 5_000]
        );

        await engine.start(startConfig());
        const start = engine.start(startConfig());

        await engine.cleanUp();
        await start;
        expect(signals.map(({ aborted }) => aborted)).to.deep.equal([false, false]);
    });

    it('gives up at its deadline, names the operations, and takes the steps all the same', async () => {
        const engine: Engine = new Engine(() => after(150), [[() => engine.events.push('step')], 50]);
        const starts = [1, 2].map(buildId => engine.start(startConfig({ buildId })));
        const error = await rejection(engine.cleanUp());

        expect(error).to.be.instanceOf(ExecutorError);
        expect(error).to.include({ code: 'EXECUTOR_SHUTDOWN_TIMEOUT', kind: 'timeout' });
        expect(error.message).to.equal('2 operation(s) did not end within 50 ms of the shutdown: start');
        expect(engine.events).to.deep.equal(['cleaning up', 'step']);
        await Promise.all(starts);
    });

    it('takes every step, whatever fails before, and rejects with all that failed', async () => {
        const [first, third] = [new Error('first'), new Error('third')];
        let second = false;
        const engine = new Engine(() => {}, [
            [
                () => {
                    throw first;
                },
                () => (second = true),
                () => Promise.reject(third)
            ]
        ]);
        const error = (await rejection(engine.cleanUp())) as AggregateError;

        expect(second).to.equal(true);
        expect(error).to.be.instanceOf(AggregateError);
        expect(error.message).to.equal('2 steps of the shutdown failed');
        expect(error.errors).to.deep.equal([first, third]);
    });

    it('rejects with the error itself if only one step fails', async () => {
        const failure = new Error('only');

        expect(await rejection(new Engine(() => {}, [[() => Promise.reject(failure)]]).cleanUp())).to.equal(failure);
    });

    it('waits only for its own executor', async () => {
        const other = executorWith({ _start: () => after(100).then(() => 'other') });
        const start = other.start(startConfig());
        const engine = new Engine(() => {}, [[], 10]);

        await engine.cleanUp();
        expect(engine.events).to.include('cleaned up');
        expect(await start).to.equal('other');
    });
});
