import { expect } from 'chai';
import sinon from 'sinon';
import Executor, {
    type StartConfig,
    type StartContext,
    type StopConfig,
    type StopContext
} from 'screwdriver-executor-base';
import { startConfig, stopConfig } from '../support/configs';
import { rejection } from '../support/executors';

type StartHook = (context: StartContext, config: StartConfig) => unknown;
type StopHook = (context: StopContext, config: StopConfig) => unknown;

/** Its hooks do what the test sets; `events` records what happens, in order. */
class Engine extends Executor {
    static override readonly callsInTurn: boolean = true;
    readonly events: string[] = [];
    onStart: StartHook = () => 'started';
    onStop: StopHook = () => 'stopped';

    protected override _start(config: StartConfig, context: StartContext): Promise<unknown> {
        return this.#during('start', () => this.onStart(context, config));
    }

    protected override _stop(config: StopConfig, context: StopContext): Promise<unknown> {
        return this.#during('stop', () => this.onStop(context, config));
    }

    protected override _verify(): string {
        return 'not running';
    }

    async #during(what: string, hook: () => unknown): Promise<unknown> {
        this.events.push(what);
        try {
            return await hook();
        } finally {
            this.events.push(`${what} over`);
        }
    }
}

/** A promise and the functions that settle it. */
function deferred(): { promise: Promise<unknown>; resolve: (value?: unknown) => void; reject: (error: Error) => void } {
    let [resolve, reject]: [(value: unknown) => void, (error: Error) => void] = [() => {}, () => {}];
    const promise = new Promise<unknown>((...both) => {
        [resolve, reject] = both;
    });

    return { promise, resolve, reject };
}

const never = () => new Promise<never>(() => {});
const untilAborted = ({ signal }: StartContext) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
/** Waits until all microtasks have run. */
const settled = () => new Promise(resolve => setImmediate(resolve));

describe('calls in turn', () => {
    let engine: Engine;
    const start = (buildId: unknown = 7) => engine.start(startConfig({ buildId }));
    const stop = (buildId: unknown = 7) => engine.stop(stopConfig({ buildId }));

    beforeEach(() => {
        engine = new Engine();
    });

    describe('a start during a start', () => {
        it('shares the call of the hook and its outcome, whatever form the id has', async () => {
            const outcomes = await Promise.all([7, '7', '07', '7.0', ' 7 ', '7e0'].map(start));

            expect(outcomes).to.deep.equal(new Array(6).fill('started'));
            expect(engine.events).to.deep.equal(['start', 'start over']);
        });

        it('shares a failure', async () => {
            const failure = new Error('the engine is away');

            engine.onStart = () => Promise.reject(failure);
            expect(await Promise.all([rejection(start()), rejection(start())])).to.deep.equal([failure, failure]);
        });

        it('calls the hook again once the first has settled', async () => {
            await start();
            await start();
            expect(engine.events).to.have.lengthOf(4);
        });

        it('does not affect another build', async () => {
            await Promise.all([start(7), start(8)]);
            expect(engine.events.filter(event => event === 'start')).to.have.lengthOf(2);
        });

        it('has the first outcome while work continues', async () => {
            const work = deferred();

            engine.onStart = ({ waitUntil }) => {
                waitUntil(work.promise);

                return false;
            };
            expect(await start()).to.equal(false);
            engine.onStart = () => 'again';
            expect(await start()).to.equal(false);
            work.resolve();
            await settled();
            expect(await start()).to.equal('again');
        });
    });

    describe('stop', () => {
        it('aborts the start, waits for its hook, and then runs its own', async () => {
            let reason: unknown;

            engine.onStart = async context => {
                await untilAborted(context).catch((error: Error) => (reason = error));
                expect(context.shutdownSignal.aborted).to.equal(false);
                await settled();
                engine.events.push('tidied up');
            };
            const started = start();

            await settled();
            expect(await stop()).to.equal('stopped');
            expect(await started).to.equal(false);
            expect(reason).to.include({ code: 'EXECUTOR_STOPPED', kind: 'cancelled', retryable: false });
            expect(engine.events).to.deep.equal(['start', 'tidied up', 'start over', 'stop', 'stop over']);
        });

        it('makes every start of the build resolve false, whatever the hook made of it', async () => {
            for (const onStart of [untilAborted, () => settled().then(() => 'started')]) {
                engine.onStart = onStart;
                const starts = [start(), start()];

                await Promise.resolve();
                await stop();
                expect(await Promise.all(starts)).to.deep.equal([false, false]);
            }
        });

        it('prevents the hook of a start that was called at the same time', async () => {
            const started = start();

            await stop();
            expect(await started).to.equal(false);
            expect(engine.events).to.deep.equal(['stop', 'stop over']);
        });

        it('shares the hook and its outcome with parallel stops, and may be tried again after a failure', async () => {
            const failure = new Error('the engine is away');

            engine.onStop = () => settled().then(() => Promise.reject(failure));
            expect(await Promise.all([rejection(stop()), rejection(stop('07'))])).to.deep.equal([failure, failure]);
            engine.onStop = () => 'stopped';
            expect(await stop()).to.equal('stopped');
            expect(engine.events.filter(event => event === 'stop')).to.have.lengthOf(2);
        });

        it('ends a start that waits for its turn: its hook is never called', async () => {
            const order = deferred();

            engine.onStop = () => order.promise;
            const stops = [stop()];

            await settled();
            const started = start();

            stops.push(stop());
            expect(await started).to.equal(false);
            order.resolve('stopped');
            expect(await Promise.all(stops)).to.deep.equal(['stopped', 'stopped']);
            await settled();
            expect(engine.events).to.deep.equal(['stop', 'stop over']);
        });

        it('waits for work that a start has passed to waitUntil', async () => {
            engine.onStart = context => {
                const { signal } = context;

                context.waitUntil(
                    new Promise<void>(resolve => {
                        signal.addEventListener('abort', () => {
                            engine.events.push('aborted');
                            setImmediate(() => {
                                engine.events.push('work over');
                                resolve();
                            });
                        });
                    })
                );

                return false;
            };
            expect(await start()).to.equal(false);
            await stop();
            expect(engine.events).to.deep.equal(['start', 'start over', 'aborted', 'work over', 'stop', 'stop over']);
        });
    });

    describe('a start during a stop', () => {
        it('waits until the stop has settled, and then calls its hook', async () => {
            for (const onStop of [() => settled(), () => settled().then(() => Promise.reject(new Error('away')))]) {
                engine.events.length = 0;
                engine.onStop = onStop;
                const stopped = stop().catch(() => {});

                expect(await start()).to.equal('started');
                await stopped;
                expect(engine.events).to.deep.equal(['stop', 'stop over', 'start', 'start over']);
            }
        });

        it('waits for the end that continues after the stop has resolved', async () => {
            const ending = deferred();

            engine.onStop = ({ waitUntil }) => waitUntil(ending.promise);
            await stop();
            const started = start();

            await settled();
            expect(engine.events).to.deep.equal(['stop', 'stop over']);
            ending.reject(new Error('the removal failed'));
            expect(await started).to.equal('started');
        });

        it('waits for an end from a stop that then failed', async () => {
            const ending = deferred();

            engine.onStop = ({ waitUntil }) => {
                waitUntil(ending.promise);
                throw new Error('away');
            };
            await rejection(stop());
            const started = start();

            await settled();
            expect(engine.events).to.deep.equal(['stop', 'stop over']);
            engine.onStop = () => 'again';
            expect(await stop()).to.equal('again');
            expect(await started).to.equal(false);
            ending.resolve();
        });

        it('no longer joins the start that the stop has aborted', async () => {
            engine.onStart = untilAborted;
            const first = start();

            await settled();
            const stopped = stop();

            engine.onStart = () => 'second';
            expect(await start()).to.equal('second');
            expect(await first).to.equal(false);
            await stopped;
        });
    });

    it('resolves another stop without its hook while the end continues', async () => {
        const ending = deferred();

        engine.onStop = ({ waitUntil }) => {
            waitUntil(ending.promise);

            return 'ordered';
        };
        expect([await stop(), await stop()]).to.deep.equal(['ordered', 'ordered']);
        expect(engine.events).to.deep.equal(['stop', 'stop over']);
        ending.resolve();
        await settled();
        await stop();
        expect(engine.events).to.have.lengthOf(4);
    });

    it('verifies a build that is being stopped with an empty string', async () => {
        const ending = deferred();
        const verify = () => engine.verify(startConfig({ buildId: 7 }));

        expect(await verify()).to.equal('not running');
        engine.onStop = ({ waitUntil }) => waitUntil(ending.promise);
        const stopped = stop();

        expect(await verify()).to.equal('');
        await stopped;
        expect(await verify()).to.equal('');
        ending.resolve();
        await settled();
        expect(await verify()).to.equal('not running');
    });

    it('verifies a build whose stop begins or ends meanwhile with an empty string', async () => {
        const [ending, during, after] = [deferred(), deferred(), deferred()];
        const outcomes = [during.promise, after.promise];
        const verify = () => engine.verify(startConfig({ buildId: 7 }));

        Object.assign(engine, { _verify: () => outcomes.shift() });
        engine.onStop = ({ waitUntil }) => waitUntil(ending.promise);
        const before = verify();

        await settled();
        await stop();
        during.resolve('not running');
        expect(await before).to.equal('');
        const last = verify();

        await settled();
        ending.resolve();
        await settled();
        after.resolve('not running');
        expect(await last).to.equal('');
    });

    describe('a hook that ignores its signal', () => {
        let clock: sinon.SinonFakeTimers;

        beforeEach(() => {
            clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
        });

        afterEach(() => clock.restore());

        it('delays the first stop by ten seconds, and later ones not at all', async () => {
            engine.onStart = untilAborted;
            void start();
            await settled();
            await stop();
            expect(clock.countTimers()).to.equal(0);
            engine.events.length = 0;
            engine.onStart = never;
            const started = start();

            await settled();
            const stopped = stop();

            await clock.tickAsync(9_999);
            expect(engine.events).to.deep.equal(['start']);
            await clock.tickAsync(1);
            expect(await started).to.equal(false);
            expect(await stopped).to.equal('stopped');
            expect(await stop()).to.equal('stopped');
            expect(clock.countTimers()).to.equal(0);
        });

        it('keeps the build from being started until it settles, and is then stopped once more', async () => {
            const hook = deferred();
            const stops: unknown[] = [];

            engine.onStart = () => hook.promise;
            engine.onStop = (_context, config) => stops.push(config);
            void start();
            await settled();
            const first = stopConfig({ buildId: 7 });
            const stopped = engine.stop(first);
            const waiting = rejection(start());

            await clock.tickAsync(10_000);
            await stopped;
            const errors = [await waiting, await rejection(start())];

            for (const error of errors) {
                expect(error).to.include({
                    code: 'EXECUTOR_STOPPING',
                    kind: 'engine',
                    retryable: true,
                    userMessage: 'An earlier start of the build has not ended yet. Start it again in a minute.'
                });
            }
            const last = stopConfig({ buildId: 7 });

            await engine.stop(last);
            engine.onStart = () => 'again';
            hook.resolve('late');
            await settled();
            expect(await start()).to.equal('again');
            expect(stops).to.have.lengthOf(3);
            expect([stops[0] === first, stops[1] === last, stops[2] === last]).to.deep.equal([true, true, true]);
        });

        it('makes a stop in the meantime wait for the stop that follows the hook', async () => {
            const [hook, first, again] = [deferred(), deferred(), deferred()];
            const outcomes = [first.promise, again.promise];

            engine.onStart = () => hook.promise;
            engine.onStop = () => outcomes.shift();
            void start();
            await settled();
            const stopped = stop();

            await clock.tickAsync(10_000);
            hook.resolve();
            await settled();
            const later = stop();

            first.resolve('first');
            expect(await stopped).to.equal('first');
            again.resolve('again');
            expect(await later).to.equal('again');
            expect(engine.events.filter(event => event === 'stop')).to.have.lengthOf(2);
        });

        it('can no longer call waitUntil', async () => {
            let late: unknown;
            const hook = deferred();

            engine.onStart = async ({ waitUntil }) => {
                await hook.promise;
                try {
                    waitUntil(Promise.reject(new Error('nobody hears of it')));
                } catch (error) {
                    late = error;
                }
            };
            void start();
            await settled();
            const stopped = stop();

            await clock.tickAsync(10_000);
            await stopped;
            hook.resolve();
            await settled();
            expect(late).to.have.property('message', 'waitUntil was called too late: the start is over');
        });

        it('frees a start that awaits the stop of its own build', async () => {
            engine.onStart = () => stop();
            const started = start();

            await settled();
            await clock.tickAsync(10_000);
            expect(await started).to.equal(false);
        });
    });

    describe('after cleanUp', () => {
        it('rejects every start, also after a cleanUp that failed, and lets all else work', async () => {
            const failure = new Error('expected');

            Object.assign(engine, { _cleanUp: () => Promise.reject(failure) });
            expect(await rejection(engine.cleanUp())).to.equal(failure);
            expect(await rejection(start())).to.include({
                code: 'EXECUTOR_SHUTDOWN',
                kind: 'cancelled',
                retryable: true,
                userMessage: 'Screwdriver is being restarted. Start the build again.'
            });
            expect(await stop()).to.equal('stopped');
            expect(engine.events).to.deep.equal(['stop', 'stop over']);
        });

        it('rejects at once a start that waits for its turn', async () => {
            const order = deferred();

            engine.onStop = () => order.promise;
            const stopped = stop();
            const waiting = rejection(start());
            const cleaned = engine.cleanUp();

            expect(await waiting).to.include({ code: 'EXECUTOR_SHUTDOWN' });
            order.resolve();
            await Promise.all([stopped, cleaned]);
        });

        it('lets a start join one whose hook runs', async () => {
            const hook = deferred();

            engine.onStart = () => hook.promise;
            const first = start();
            const cleaned = engine.cleanUp();
            const second = start();

            hook.resolve('started');
            expect(await Promise.all([first, second])).to.deep.equal(['started', 'started']);
            await cleaned;
        });

        it('waits for operations in progress by default', async () => {
            const started = start();

            await engine.cleanUp();
            expect(engine.events).to.deep.equal(['start', 'start over']);
            await started;
        });
    });

    describe('isStarting', () => {
        it('is true while a start waits, runs or continues, and false once it is aborted', async () => {
            const seen: boolean[] = [];
            const [work, order] = [deferred(), deferred()];
            const look = async () => {
                await engine.status({ buildId: 7 });
            };

            Object.assign(engine, {
                _status: (_config: unknown, { isStarting }: { isStarting: boolean }) => seen.push(isStarting)
            });
            engine.onStart = async ({ waitUntil }) => {
                await look();
                waitUntil(work.promise);

                return false;
            };
            await look();
            await start();
            await look();
            engine.onStop = () => order.promise;
            const stopped = stop();

            await look();
            void start();
            await look();
            expect(seen).to.deep.equal([false, true, true, false, true]);
            work.resolve();
            order.resolve();
            await stopped;
        });
    });

    describe('the switch', () => {
        it('is inherited, may be switched off again, and is off by default', async () => {
            class Inherits extends Engine {}
            class Off extends Engine {
                static override readonly callsInTurn: boolean = false;
            }
            const calls = async (executor: Engine) => {
                await Promise.all([1, 2].map(() => executor.start(startConfig())));

                return executor.events.filter(event => event === 'start').length;
            };

            expect(Executor.callsInTurn).to.equal(false);
            expect([await calls(new Inherits()), await calls(new Off())]).to.deep.equal([1, 2]);
        });
    });
});
