import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { expect } from 'chai';
import Executor, { type OperationMessage, type StopContext } from 'screwdriver-executor-base';
import { jwt, startConfig, stopConfig } from '../support/configs';
import { OPERATIONS } from '../support/operations';
import { BareExecutor, call, executorWith, rejection, type PublicExecutor } from '../support/executors';
import { listen } from './listen';

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
