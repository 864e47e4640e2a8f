import { tracingChannel } from 'node:diagnostics_channel';
import { expect } from 'chai';
import sinon from 'sinon';
import Executor, { type OperationMessage, type StopContext } from 'screwdriver-executor-base';
import { startTokenApi, type TokenApi } from 'screwdriver-executor-base/testing';
import { startConfig, stopConfig } from '../support/configs';
import { rejection } from '../support/executors';

/**
 * Each stop passes the test's promise to waitUntil; the shutdown has a deadline of ten seconds and a patience of four.
 */
class Engine extends Executor {
    static override readonly callsInTurn: boolean = true;

    constructor(
        readonly end: (context: StopContext) => Promise<unknown>,
        readonly times: [deadline: number, patience: number] = [10_000, 4_000]
    ) {
        super();
    }

    protected override _start(): void {}

    protected override _stop(_config: unknown, context: StopContext): void {
        context.waitUntil(this.end(context));
    }

    protected override _cleanUp(): Promise<void> {
        return this.shutDown([], ...this.times);
    }
}

/** The failures on the channel `waitUntil` during the work. */
async function unheard(work: () => Promise<unknown>): Promise<OperationMessage[]> {
    const messages: OperationMessage[] = [];
    const channel = tracingChannel<unknown, OperationMessage>('screwdriver-executor.waitUntil');
    const subscribers = { error: (message: unknown) => messages.push(message as OperationMessage) };

    channel.subscribe(subscribers as never);
    try {
        await work();
    } finally {
        channel.unsubscribe(subscribers as never);
    }

    return messages;
}

describe('the shutdown while builds end', () => {
    let clock: sinon.SinonFakeTimers;

    beforeEach(() => {
        clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    });

    afterEach(() => clock.restore());

    it('does not abort the end before patience is over, then aborts the signal of its stop', async () => {
        let signal: AbortSignal | undefined;
        const engine = new Engine(context => {
            ({ signal } = context);

            return new Promise(resolve => signal!.addEventListener('abort', resolve));
        });

        await engine.stop(stopConfig());
        const cleaned = engine.cleanUp();

        await clock.tickAsync(3_999);
        expect(signal!.aborted).to.equal(false);
        await clock.tickAsync(1);
        expect(signal!.reason).to.include({ code: 'EXECUTOR_SHUTDOWN' });
        await cleaned;
        expect(performance.now()).to.equal(4_000);
    });

    it('resolves at its deadline although an end continues, and the diagnostics tell of it', async () => {
        const engine = new Engine(() => new Promise(() => {}));
        const messages = await unheard(async () => {
            await Promise.all([engine.stop(stopConfig({ buildId: 7 })), engine.stop(stopConfig({ buildId: 8 }))]);
            const cleaned = engine.cleanUp();

            await clock.tickAsync(10_000);
            await cleaned;
        });

        expect(messages.map(({ buildId }) => buildId)).to.have.members([7, 8]);
        for (const { error } of messages) {
            expect(error).to.include({ code: 'EXECUTOR_SHUTDOWN_TIMEOUT', kind: 'timeout' });
        }
    });

    it('resolves although an end fails, and the diagnostics tell of it', async () => {
        const engine = new Engine(
            () =>
                new Promise((_, reject) =>
                    setTimeout(() => reject(Object.assign(new Error(), { code: 'ENOTFOUND' })), 2_000)
                )
        );
        const messages = await unheard(async () => {
            await engine.stop(stopConfig({ buildId: 7 }));
            const cleaned = engine.cleanUp();

            await clock.tickAsync(2_000);
            await cleaned;
        });

        expect(messages.map(({ buildId, error }) => [buildId, error!.code])).to.deep.equal([[7, 'ENOTFOUND']]);
    });
});

describe('the shutdown while failures are reported', () => {
    let api: TokenApi;
    const report = (engine: Engine) =>
        engine.reportFailure({ ...startConfig(), apiUri: api.uri, token: api.temporalToken(7), buildId: 7 }, 'why');
    const asksTheApi = async () => {
        while (api.requests.length === 0) await new Promise(resolve => setTimeout(resolve, 5));
    };

    beforeEach(async () => {
        api = await startTokenApi();
    });

    afterEach(() => api.close());

    it('waits for a report longer than for hooks', async () => {
        const engine = new Engine(() => Promise.resolve(), [20_000, 0]);

        api.failNext(503, 503);
        const reported = report(engine);

        await asksTheApi();
        await engine.cleanUp();
        expect(api.builds.get(7)!.status).to.equal('FAILURE');
        expect(await reported).to.equal(true);
    });

    it('aborts a report at its deadline, and resolves', async () => {
        const engine = new Engine(() => Promise.resolve(), [200, 0]);

        api.failNext('hang');
        const reported = rejection(report(engine));

        await asksTheApi();
        await engine.cleanUp();
        expect(await reported).to.include({ code: 'EXECUTOR_REPORT', kind: 'cancelled', retryable: true });
    });
});
