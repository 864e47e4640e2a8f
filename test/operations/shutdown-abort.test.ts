import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import Executor, { isRetryable, kindOf, type HookContext, type StartConfig } from 'screwdriver-executor-base';
import { startConfig, startTokenApi, type TokenApi } from 'screwdriver-executor-base/testing';
import { rejection } from '../support/executors';

type Work = (this: Executor, config: StartConfig, context: HookContext) => unknown;

/** Each waits forever, until its signal is aborted. */
const WAYS: Record<string, Work> = {
    'for an event': (_config, { signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    'for a timer': (_config, { signal }) => wait(60_000, undefined, { signal }),
    'for an answer': ({ apiUri }, { signal }) => fetch(apiUri, { signal }),
    'for its token'(config, { signal }) {
        return this.exchangeTokenForBuild(config, 90, { signal });
    }
};

describe('a start that the shutdown aborts', () => {
    let api: TokenApi;

    beforeEach(async () => {
        api = await startTokenApi();
    });

    afterEach(() => api.close());

    for (const [what, work] of Object.entries(WAYS)) {
        it(`is retryable if it waited ${what}`, async () => {
            class Engine extends Executor {
                protected override _start(config: StartConfig, context: HookContext): unknown {
                    return work.call(this, config, context);
                }

                protected override _stop(): void {}

                protected override _cleanUp(): Promise<void> {
                    return this.shutDown([], 8_000, 400);
                }
            }
            const engine = new Engine();

            api.failNext('hang');
            const start = rejection(engine.start(startConfig(api)));

            await engine.cleanUp();
            const error: unknown = await start;

            expect([kindOf(error), isRetryable(error)]).to.deep.equal(['cancelled', true]);
        });
    }

    it('is aborted at once if the shutdown has no patience', async () => {
        class Engine extends Executor {
            protected override _start(_config: StartConfig, { signal }: HookContext): Promise<void> {
                return wait(60_000, undefined, { signal });
            }

            protected override _stop(): void {}

            protected override _cleanUp(): Promise<void> {
                return this.shutDown([], 60_000, 0);
            }
        }
        const engine = new Engine();
        const start = rejection(engine.start(startConfig(api)));

        await engine.cleanUp();
        expect(kindOf(await start)).to.equal('cancelled');
    });

    it('has one signal for stop and shutdown without callsInTurn', async () => {
        class Engine extends Executor {
            protected override _start(_config: StartConfig, { signal, shutdownSignal }: HookContext): boolean {
                return signal === shutdownSignal;
            }

            protected override _stop(): void {}
        }

        expect(await new Engine().start(startConfig(api))).to.equal(true);
    });
});
