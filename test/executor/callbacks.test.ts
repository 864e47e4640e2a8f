import { expect } from 'chai';
import sinon = require('sinon');
import { startTokenApi } from 'screwdriver-executor-base/testing';
import { runNode } from '../support/child';
import { startConfig } from '../support/configs';
import { OPERATIONS } from '../support/operations';
import { call, executorWith, rejection } from '../support/executors';

/** Waits until everything that has settled by now has been reported. */
const later = () => new Promise(resolve => setImmediate(resolve));

describe('a callback', () => {
    for (const { method, args } of OPERATIONS) {
        it(`${method} calls it once with the result, and its hook never gets it`, async () => {
            let given: unknown[] = [];
            const callback = sinon.spy();
            const executor = executorWith({
                [`_${method}`](...all: unknown[]) {
                    given = all;

                    return 'result';
                }
            });
            const result = await call(executor, method, ...args, callback);

            await later();
            sinon.assert.calledOnceWithExactly(callback, null, result);
            expect(given[0]).to.equal(args[0]);
            expect(given).to.not.include(callback);
        });

        it(`${method} calls it once with the error, and rejects as well`, async () => {
            const error = new Error('the engine is away');
            const callback = sinon.spy();
            const executor = executorWith({ [`_${method}`]: () => Promise.reject(error) });

            expect(await rejection(call(executor, method, ...args, callback))).to.equal(error);
            await later();
            sinon.assert.calledOnceWithExactly(callback, error);
        });
    }

    it('gets the validation error', async () => {
        const callback = sinon.spy();

        await rejection(call(executorWith({}), 'start', {}, callback));
        await later();
        sinon.assert.calledOnce(callback);
        expect(callback.firstCall.args[0]).to.include({ name: 'ValidationError' });
    });

    it('gets the error of an invalid exchange', async () => {
        const callback = sinon.spy();

        await rejection(call(executorWith({}), 'exchangeTokenForBuild', {}, 90, undefined, callback));
        await later();
        sinon.assert.calledOnce(callback);
        expect(callback.firstCall.args[0]).to.include({ name: 'ValidationError' });
    });

    it('gets the token of an exchange, after the arguments that were passed', async () => {
        const api = await startTokenApi();

        try {
            for (const args of [[], [45], [45, {}], [undefined, undefined]]) {
                const callback = sinon.spy();
                const token = api.temporalToken(12);
                const config = { token, apiUri: api.uri, buildId: 12 };
                const given = await call(executorWith({}), 'exchangeTokenForBuild', config, ...args, callback);

                await later();
                sinon.assert.calledOnceWithExactly(callback, null, given);
                const { buildTimeout } = JSON.parse(api.requests.at(-1)!.body) as { buildTimeout: number };

                expect(buildTimeout).to.equal(args[0] === 45 ? 75 : 120);
            }
        } finally {
            await api.close();
        }
    });

    it('is called in process.nextTick, not inside the settlement', async () => {
        const order: string[] = [];

        await new Promise<void>(resolve => {
            const promise = executorWith({ _start: () => 'done' }).start(startConfig(), () => {
                order.push('callback');
                resolve();
            });

            void promise.then(() => {
                order.push('then');
                queueMicrotask(() => order.push('microtask of then'));
            });
        });
        expect(order).to.deep.equal(['then', 'microtask of then', 'callback']);
    });

    for (const reason of [undefined, null, 0, '', false]) {
        it(`gets an Error in place of the falsy rejection ${JSON.stringify(reason) ?? 'undefined'}`, async () => {
            const callback = sinon.spy();

            await rejection(executorWith({ _start: () => Promise.reject(reason) }).start(startConfig(), callback));
            await later();
            sinon.assert.calledOnce(callback);
            expect(callback.firstCall.args[0]).to.be.an.instanceOf(Error);
            expect(callback.firstCall.args[0]).to.include({ code: 'ERR_FALSY_VALUE_REJECTION', reason });
        });
    }

    for (const [name, notCallable] of Object.entries({ null: null, object: {}, string: 'callback', number: 12 })) {
        it(`is ignored if it is not a function but ${name}`, async () => {
            expect(
                await call(executorWith({ _stop: () => 'ok' }), 'stop', OPERATIONS[1]!.args[0], notCallable)
            ).to.equal('ok');
        });
    }

    it('is not a callback as the config of enqueueWebhook, but goes to the hook', async () => {
        const webhook = () => {};

        expect(await executorWith({ _enqueueWebhook: (given: unknown) => given }).enqueueWebhook(webhook)).to.equal(
            webhook
        );
    });
});

describe('in a separate process', () => {
    const PRELUDE = `
        const Executor = require('screwdriver-executor-base');
        const executor = new Executor();
        process.on('uncaughtException', (error, origin) => console.log('uncaught:', error.message, origin));
        process.on('unhandledRejection', error => console.log('unhandled:', error.message));
    `;

    it('what a callback throws becomes an uncaughtException, once', async () => {
        const { stdout } = await runNode(`${PRELUDE}
            executor.verify({}, () => { throw new Error('of the callback'); }).catch(() => {});
            executor.cleanUp(() => { throw new Error('of the second callback'); });
        `);

        expect(stdout.trim().split('\n').sort()).to.deep.equal([
            'uncaught: of the callback uncaughtException',
            'uncaught: of the second callback uncaughtException'
        ]);
    });

    it('a rejection that only the callback sees is handled', async () => {
        const methods = OPERATIONS.map(({ method }) => method).filter(method => method !== 'cleanUp');
        const { code, stdout } = await runNode(`${PRELUDE}
            for (const method of ${JSON.stringify(methods)}) {
                executor['_' + method] = () => Promise.reject(new Error('expected'));
                executor[method]({}, error => console.log('callback', error.name));
            }
            executor._cleanUp = () => { throw new Error('expected'); };
            executor.cleanUp(error => console.log('callback', error.name));
            executor.exchangeTokenForBuild({}, 90, {}, error => console.log('callback', error.name));
        `);

        expect(code).to.equal(0);
        expect(stdout).to.not.include('un');
        expect(stdout.match(/callback/g)).to.have.lengthOf(methods.length + 2);
    });

    it('a rejection that nobody sees is reported by Node, as for every promise', async () => {
        const { stdout } = await runNode(`${PRELUDE} executor.startPeriodic({});`);

        expect(stdout.trim()).to.equal('unhandled: Not implemented');
    });
});
