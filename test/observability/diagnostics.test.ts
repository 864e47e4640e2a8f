import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { expect } from 'chai';
import Executor, { type OperationMessage, type StopContext } from 'screwdriver-executor-base';
import { startConfig as configOf, startTokenApi } from 'screwdriver-executor-base/testing';
import { jwt, startConfig, stopConfig } from '../support/configs';
import { OPERATIONS } from '../support/operations';
import { BareExecutor, call, executorWith, rejection, type PublicExecutor } from '../support/executors';
import { runNode } from '../support/child';

interface Heard {
    event: string;
    message: OperationMessage;
    /** A copy of the message at the time of the event. */
    then: Record<string, unknown>;
}

/** The messages of an operation's channel during the work. */
async function listen(operation: string, work: () => unknown): Promise<Heard[]> {
    const heard: Heard[] = [];
    const channel = tracingChannel<unknown, OperationMessage>(`screwdriver-executor.${operation}`);
    const hear = (event: string) => (message: unknown) => {
        const told = message as OperationMessage;

        heard.push({ event, message: told, then: { ...told } });
    };
    const subscribers = {
        start: hear('start'),
        end: hear('end'),
        asyncStart: hear('asyncStart'),
        asyncEnd: hear('asyncEnd'),
        error: hear('error')
    };

    channel.subscribe(subscribers);
    try {
        await work();
    } catch {
        // Only the messages matter here, not the results.
    } finally {
        channel.unsubscribe(subscribers);
    }

    return heard;
}

describe('the channel of an operation', () => {
    for (const { method, args } of [
        ...OPERATIONS,
        { method: 'exchangeTokenForBuild', args: [startConfig(), 90, { attempts: 1 }] }
    ]) {
        it(`reports ${method}`, async () => {
            const executor = executorWith({ [`_${method}`]: () => 'done' });
            const heard = await listen(method, () => call(executor, method, ...args));

            expect(heard.map(({ event }) => event)).to.include.members(['start', 'end', 'asyncStart', 'asyncEnd']);
            expect(heard[0]!.then).to.include({ executor: 'Executor', operation: method });
            expect(new Set(heard.map(({ message }) => message)).size).to.equal(1);
        });
    }

    it('reports a success: start, end, asyncStart, asyncEnd', async () => {
        const executor = executorWith({ _start: () => new Promise(resolve => setTimeout(resolve, 20)) });
        const heard = await listen('start', () => executor.start(startConfig()));
        const { buildId, jobId, pipelineId } = startConfig();
        const facts = { executor: 'Executor', operation: 'start', buildId, jobId, pipelineId };

        expect(heard.map(({ event }) => event)).to.deep.equal(['start', 'end', 'asyncStart', 'asyncEnd']);
        expect(heard[0]!.then).to.deep.equal(facts);
        expect(heard[1]!.then).to.deep.equal(facts);
        const { duration, ...rest } = heard[3]!.then;

        expect(duration).to.be.within(15, 5_000);
        expect(rest).to.deep.equal({ ...facts, outcome: 'success', result: 'ok' });
    });

    it('reports a failure: start, end, error, asyncStart, asyncEnd', async () => {
        const failure = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
        const executor = executorWith({ _stop: () => Promise.reject(failure) });
        const heard = await listen('stop', () => executor.stop(stopConfig()));

        expect(heard.map(({ event }) => event)).to.deep.equal(['start', 'end', 'error', 'asyncStart', 'asyncEnd']);
        expect(heard[2]!.then).to.deep.include({
            outcome: 'failure',
            error: { name: 'Error', kind: 'engine', retryable: true, code: 'ECONNREFUSED' }
        });
    });

    it('reports an invalid config', async () => {
        const heard = await listen('start', () => executorWith({}).start({ buildId: 'x' } as never));

        expect(heard.at(-1)!.then).to.deep.include({
            outcome: 'failure',
            error: { name: 'ValidationError', kind: 'configuration', retryable: false, paths: ['buildId'] }
        });
    });

    it("names the executor's class", async () => {
        class MyExecutor extends Executor {
            protected override _start() {}
            protected override _stop() {}
        }
        const executor = new MyExecutor();
        const [first] = await listen('stop', () => executor.stop(stopConfig()));

        expect(first!.message.executor).to.equal('MyExecutor');
        expect(first!.message.isFrom(executor)).to.equal(true);
        expect(first!.message.isFrom(new MyExecutor())).to.equal(false);
    });

    it('contains no token, nor anything else of config, executor, result and error', async () => {
        const token = jwt({ scope: ['temporal'], secret: 'of the build' });
        const config = startConfig({ token, jobId: token, pipelineId: '1'.repeat(30) });
        const executor = Object.assign(
            executorWith({
                _start: () => Promise.resolve(token),
                _startTimer: () => Promise.reject(Object.assign(new Error(token), { name: token, code: token, config }))
            }),
            { config, token }
        );
        const heard = [
            ...(await listen('start', () => executor.start({ ...config, jobId: 1, pipelineId: 1 }))),
            ...(await listen('startTimer', () => executor.startTimer(config)))
        ];
        const traces = inspect(heard, { depth: null, showHidden: true, getters: true }) + JSON.stringify(heard);

        expect(heard).to.have.length(9);
        for (const part of token.split('.')) expect(traces).to.not.include(part);
        expect(heard.at(-1)!.then).to.not.have.any.keys('jobId', 'pipelineId', 'config', 'result');
    });

    it('makes a store that is bound to its start available in the hook', async () => {
        const store = new AsyncLocalStorage<string>();
        const channel = tracingChannel<unknown, OperationMessage>('screwdriver-executor.start');
        const executor = executorWith({
            _start: async () => {
                await new Promise(setImmediate);

                return store.getStore();
            }
        });

        channel.start.bindStore(store, message => `span of ${message.operation}`);
        try {
            expect(await executor.start(startConfig())).to.equal('span of start');
        } finally {
            channel.start.unbindStore(store);
        }
        expect(await executor.start(startConfig())).to.equal(undefined);
    });

    it('reports work that fails after its stop has resolved', async () => {
        const executor = executorWith({
            _stop(_config: unknown, { waitUntil }: StopContext) {
                waitUntil(Promise.reject(Object.assign(new Error('no node'), { code: 'ETIMEDOUT' })));
            }
        });
        const heard = await listen('waitUntil', async () => {
            await executor.stop(stopConfig());
            await new Promise(setImmediate);
        });

        expect(heard.map(({ event }) => event)).to.deep.equal(['error', 'asyncStart', 'asyncEnd']);
        expect(heard[0]!.then).to.include({
            operation: 'waitUntil',
            buildId: stopConfig().buildId,
            outcome: 'failure'
        });
        expect(heard[0]!.message.error).to.include({ code: 'ETIMEDOUT', kind: 'timeout' });
    });

    it('changes nothing for the caller: neither results nor errors nor callbacks', async () => {
        const failure = new Error('mine');
        const result = { mine: true };
        const executor = executorWith({ _start: () => result, _stop: () => Promise.reject(failure) });

        await listen('start', async () => expect(await executor.start(startConfig())).to.equal(result));
        await listen('stop', async () => expect(await rejection(executor.stop(stopConfig()))).to.equal(failure));
        await listen('stop', async () => {
            const error = await new Promise(resolve => void executor.stop(stopConfig(), resolve).catch(() => {}));

            expect(error).to.equal(failure);
        });
    });

    it("has the ids of an exchange's config, even for a bare token", async () => {
        const { buildId, token } = startConfig();
        const executor: PublicExecutor = executorWith({
            // The minutes are wrong, so that nothing is sent.
            _start: (config: { token: string }) => executor.exchangeTokenForBuild(config.token, 0)
        });
        const inside = await listen('exchangeTokenForBuild', () => executor.start(startConfig()));
        const outside = await listen('exchangeTokenForBuild', () => executor.exchangeTokenForBuild(token));

        expect(inside[0]!.then).to.include({ buildId });
        expect(inside.at(-1)!.message.error).to.include({ code: 'EXECUTOR_BUILD_TIMEOUT' });
        expect(outside[0]!.then).to.not.have.property('buildId');
        expect(outside.at(-1)!.message.error).to.include({ code: 'EXECUTOR_TOKEN_UNKNOWN' });
        expect(inspect([inside, outside], { depth: null })).to.not.include(token);
    });

    it('accepts a config whose accessors throw', async () => {
        const config = {
            get buildId(): never {
                throw new Error('read');
            }
        };
        const executor = executorWith({ _startTimer: (given: unknown) => given === config });
        const heard = await listen('startTimer', () => executor.startTimer(config));

        expect(heard.at(-1)!.then).to.include({ outcome: 'success' });
    });

    it('accepts a class whose name throws', async () => {
        class Engine extends BareExecutor {
            static override get name(): string {
                throw new Error('read');
            }
        }
        const heard = await listen('startTimer', () => new Engine().startTimer({ buildId: 1 }));

        expect(heard.at(-1)!.then).to.include({ executor: 'undefined', outcome: 'success' });
    });

    it('accepts a receiver that is not an executor', async () => {
        const { startTimer } = executorWith({});
        const heard = await listen('startTimer', () => startTimer.call(undefined as never, { buildId: 1 }));

        expect(heard.at(-1)!.then).to.include({ executor: 'undefined', outcome: 'failure' });
    });
});

describe('the result in a message', () => {
    const cases: Array<[operation: 'start' | 'stop' | 'verify' | 'status', value: unknown, result: string]> = [
        ['start', true, 'ok'],
        ['start', undefined, 'ok'],
        ['start', false, 'requeue'],
        ['verify', '', 'ok'],
        ['verify', undefined, 'ok'],
        ['verify', 'waiting', 'requeue'],
        ['verify', 'initializing', 'requeue'],
        ['verify', 'The image is not there.', 'fail-build'],
        ['stop', false, 'ok'],
        ['status', 'waiting', 'ok']
    ];

    for (const [operation, value, result] of cases) {
        it(`is ${result} if ${operation} resolves with ${JSON.stringify(value)}`, async () => {
            const executor = executorWith({ [`_${operation}`]: () => value });
            const heard = await listen(operation, () => executor[operation](startConfig()));

            expect(heard.at(-1)!.then).to.include({ outcome: 'success', result });
        });
    }

    it('is undefined after a failure', async () => {
        const executor = executorWith({ _verify: () => Promise.reject(new Error('away')) });
        const heard = await listen('verify', () => executor.verify(startConfig()).catch(() => {}));

        expect(heard.at(-1)!.then).to.include({ outcome: 'failure' }).and.to.not.have.property('result');
    });
});

describe('the message of an exchange', () => {
    it('says how many requests were made, and how long it waited between them', async () => {
        const api = await startTokenApi();
        const config = configOf(api);

        api.failNext(503, 503);
        const heard = await listen('exchangeTokenForBuild', () => executorWith({}).exchangeTokenForBuild(config));
        const { attempts, waited, result } = heard.at(-1)!.then;

        await api.close();
        expect([attempts, result]).to.deep.equal([3, 'ok']);
        expect(waited).to.be.a('number').above(0);
        expect(heard[0]!.then).to.not.have.any.keys('attempts', 'waited');
    });

    it('does so for a failure, too', async () => {
        const api = await startTokenApi();
        const config = configOf(api);

        api.failNext(403);
        const heard = await listen('exchangeTokenForBuild', () =>
            executorWith({})
                .exchangeTokenForBuild(config)
                .catch(() => {})
        );

        await api.close();
        expect(heard.at(-1)!.then).to.include({ outcome: 'failure', attempts: 1 }).and.to.not.have.property('waited');
    });
});

describe('the message of a call in turn', () => {
    it('says how long it has waited for its turn', async () => {
        class Engine extends BareExecutor {
            static readonly callsInTurn: boolean = true;

            protected _start(): void {}

            protected _stop(): Promise<void> {
                return new Promise(resolve => setTimeout(resolve, 50));
            }
        }
        const engine = new Engine();
        const heard = await listen('start', async () => {
            const stopped = engine.stop(stopConfig({ buildId: 13 }));

            await Promise.all([engine.start(startConfig({ buildId: 13 })), engine.start(startConfig({ buildId: 13 }))]);
            await stopped;
            await engine.start(startConfig({ buildId: 13 }));
        });
        const waits = heard.filter(({ event }) => event === 'asyncEnd').map(({ then }) => Number(then.waited));

        expect(waits.slice(0, 2).every(waited => waited > 45 && waited < 1_000)).to.equal(true);
        expect(waits[2]).to.be.below(40);
    });

    it('does not have it for another class', async () => {
        const executor = executorWith({ _start: () => {} });
        const heard = await listen('start', () => executor.start(startConfig()));

        expect(heard.at(-1)!.then).to.not.have.property('waited');
    });
});

describe('NODE_DEBUG=screwdriver-executor', () => {
    const program = `
        const Executor = require('screwdriver-executor-base');
        class MyExecutor extends Executor {
            async _start({ buildId }) { return buildId !== 13; }
            async _verify() { return 'The image is not there.'; }
            async _stop() { throw Object.assign(new Error('secret'), { code: 'ETIMEDOUT' }); }
            async _startTimer() { throw Object.assign(new Error('secret'), { statusCode: 403 }); }
            async _stopTimer() { throw new TypeError('secret', { cause: { code: 'ENOTFOUND' } }); }
        }
        const executor = new MyExecutor();
        const config = { buildId: 12, jobId: 1, pipelineId: 2, apiUri: 'http://localhost', token: 'secret', container: 'a' };
        executor.start(config)
            .then(() => executor.stop({ buildId: 12, apiUri: 'http://localhost' })).catch(() => {})
            .then(() => executor.startTimer()).catch(() => {})
            .then(() => executor.stopTimer()).catch(() => {})
            .then(() => executor.stop({ buildId: 12, apiUri: 'secret' })).catch(() => {})
            .then(() => executor.start({ ...config, buildId: 13 }))
            .then(() => executor.verify(config));
    `;

    it('prints a line per event', async () => {
        const { stderr } = await runNode(program, [], { NODE_DEBUG: 'screwdriver-executor' });
        const lines = stderr
            .trim()
            .split('\n')
            .map(line => line.replace(/^SCREWDRIVER-EXECUTOR \d+: /, '').replace(/\d+ ms/, 'N ms'));

        expect(lines).to.deep.equal([
            'MyExecutor.start buildId=12 jobId=1 pipelineId=2 started',
            'MyExecutor.start buildId=12 jobId=1 pipelineId=2 ok after N ms',
            'MyExecutor.stop buildId=12 started',
            'MyExecutor.stop buildId=12 failure after N ms (ETIMEDOUT, timeout, retryable)',
            'MyExecutor.startTimer started',
            'MyExecutor.startTimer failure after N ms (Error, 403, authentication)',
            'MyExecutor.stopTimer started',
            'MyExecutor.stopTimer failure after N ms (TypeError, ENOTFOUND, engine, retryable)',
            'MyExecutor.stop buildId=12 started',
            'MyExecutor.stop buildId=12 failure after N ms (ValidationError, apiUri, configuration)',
            'MyExecutor.start buildId=13 jobId=1 pipelineId=2 started',
            'MyExecutor.start buildId=13 jobId=1 pipelineId=2 requeue after N ms',
            'MyExecutor.verify buildId=12 jobId=1 pipelineId=2 started',
            'MyExecutor.verify buildId=12 jobId=1 pipelineId=2 fail-build after N ms'
        ]);
    });

    it('prints the requests of an exchange, and how long it waited', async () => {
        const exchange = `
            const Executor = require('screwdriver-executor-base');
            const { startConfig, startTokenApi } = require('screwdriver-executor-base/testing');
            startTokenApi().then(async api => {
                api.failNext(503);
                await new Executor().exchangeTokenForBuild(startConfig(api));
                await new Executor().exchangeTokenForBuild(startConfig(api));
                await api.close();
            });
        `;
        const { stderr } = await runNode(exchange, [], { NODE_DEBUG: 'screwdriver-executor' });
        const [, twice, , once] = stderr.trim().split('\n');

        expect(twice).to.match(/ ok after \d+ ms in 2 attempts with [1-9]\d* ms of waiting$/);
        expect(once).to.match(/ ok after \d+ ms in 1 attempt$/);
    });

    it('prints nothing if it is not set', async () => {
        expect(await runNode(program)).to.deep.equal({ code: 0, stdout: '', stderr: '' });
    });
});
