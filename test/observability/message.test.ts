import { expect } from 'chai';
import { startConfig as configOf, startTokenApi } from 'screwdriver-executor-base/testing';
import { startConfig, stopConfig } from '../support/configs';
import { BareExecutor, executorWith } from '../support/executors';
import { listen } from './listen';

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
