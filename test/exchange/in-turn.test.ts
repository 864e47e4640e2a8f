import { once } from 'node:events';
import { expect } from 'chai';
import sinon from 'sinon';
import Executor, { type StartConfig, type StartContext } from 'screwdriver-executor-base';
import { startConfig, startTokenApi, stopConfig, type TokenApi } from 'screwdriver-executor-base/testing';
import { rejection } from '../support/executors';

const BUILD = { buildId: 7 };

/** Its hooks do what the test sets. */
class Engine extends Executor {
    static override readonly callsInTurn: boolean = true;
    onStart: (config: StartConfig, context: StartContext) => unknown = () => {};
    onStop: () => unknown = () => {};

    protected override _start(config: StartConfig, context: StartContext): unknown {
        return this.onStart(config, context);
    }

    protected override _stop(): unknown {
        return this.onStop();
    }
}

describe('the exchange for a build whose start is in progress', () => {
    const aborted = { code: 'EXECUTOR_EXCHANGE_ABORTED', retryable: false };
    let api: TokenApi;
    let engine: Engine;

    beforeEach(async () => {
        api = await startTokenApi();
        engine = new Engine();
    });

    afterEach(() => api.close());

    it('ends with the start, even if the hook does not pass on its signal', async () => {
        let error: unknown;

        engine.onStart = async config => {
            error = await rejection(engine.exchangeTokenForBuild(config));
        };
        api.failNext('hang');
        const started = engine.start(startConfig(api, BUILD));

        while (api.requests.length < 1) await new Promise(resolve => setTimeout(resolve, 5));
        await engine.stop(stopConfig(api, BUILD));
        expect(await started).to.equal(false);
        expect(error).to.include({ ...aborted, attempts: 1 });
    });

    it('sends nothing once a stop has aborted the start', async () => {
        let error: unknown;

        engine.onStart = async (config, { signal }) => {
            await once(signal, 'abort');
            error = await rejection(engine.exchangeTokenForBuild(config));
        };
        const started = engine.start(startConfig(api, BUILD));

        await new Promise(setImmediate);
        await engine.stop(stopConfig(api, BUILD));
        expect(await started).to.equal(false);
        expect(error).to.include({ ...aborted, attempts: 0 });
        expect(api.requests).to.deep.equal([]);
    });

    it('works for a stop that has given up waiting for the start', async () => {
        const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });

        try {
            const config = startConfig(api, BUILD);

            engine.onStart = () => new Promise(() => {});
            engine.onStop = () => engine.exchangeTokenForBuild(config);
            void engine.start(config);
            await new Promise(setImmediate);
            const stopped = engine.stop(stopConfig(api, BUILD));

            await clock.tickAsync(10_000);
            expect(await stopped).to.be.a('string');
            expect(api.requests).to.have.lengthOf(1);
        } finally {
            clock.restore();
        }
    });

    it('works with a bare token for the stop that follows a start which had been left', async () => {
        const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });

        try {
            const config = startConfig(api, BUILD);
            let endStart = () => {};
            let exchanged: Promise<string> | undefined;

            engine.onStart = () => new Promise<void>(resolve => (endStart = resolve));
            void engine.start(config);
            await new Promise(setImmediate);
            const stopped = engine.stop(stopConfig(api, { ...BUILD, token: config.token }));

            await clock.tickAsync(10_000);
            await stopped;
            engine.onStop = () => (exchanged = engine.exchangeTokenForBuild(config.token));
            endStart();
            await new Promise(setImmediate);
            expect(await exchanged).to.be.a('string');
        } finally {
            clock.restore();
        }
    });
});
