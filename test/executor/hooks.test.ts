import { expect } from 'chai';
import { startConfig } from '../support/configs';
import { CONFIGURED, OPERATIONS } from '../support/operations';
import { BareExecutor, call, executorWith, rejection } from '../support/executors';

describe('an operation and its hook', () => {
    for (const { method, config } of CONFIGURED) {
        it(`${method} passes the same object to _${method}, on the executor`, async () => {
            const seen: unknown[] = [];
            const executor = executorWith({
                [`_${method}`](this: unknown, given: unknown) {
                    seen.push(this, given);
                }
            });
            const before = { ...config };

            await call(executor, method, config);

            expect(seen).to.have.lengthOf(2);
            expect(seen[0]).to.equal(executor);
            expect(seen[1]).to.equal(config);
            expect(config).to.deep.equal(before);
            expect(Object.isFrozen(config)).to.equal(false);
        });

        for (const result of [false, null, undefined, 'the image is not there', { pod: 'sd-1' }]) {
            it(`${method} resolves with what _${method} resolves with: ${JSON.stringify(result)}`, async () => {
                const executor = executorWith({ [`_${method}`]: () => Promise.resolve(result) });

                expect(await call(executor, method, config)).to.equal(result);
            });
        }
    }

    it('converts nothing: numeric strings and unknown keys reach the hook', async () => {
        const config = startConfig({ buildId: '12', isPR: 'true', other: { deep: [1] } });
        const executor = executorWith({ _start: (given: unknown) => given });

        expect(await call(executor, 'start', config)).to.equal(config);
        expect(config).to.include({ buildId: '12', isPR: 'true' });
    });

    it('accepts a frozen config', async () => {
        const config = Object.freeze(startConfig());

        expect(await call(executorWith({ _start: (given: unknown) => given }), 'start', config)).to.equal(config);
    });

    for (const { method, args } of OPERATIONS) {
        it(`${method} looks its hook up when it is called`, async () => {
            class Engine extends BareExecutor {}
            const executor = new Engine();
            let called = '';

            Object.assign(Engine.prototype, { [`_${method}`]: () => (called += 'prototype ') });
            await call(executor, method, ...args);
            Object.assign(executor, { [`_${method}`]: () => (called += 'instance') });
            await call(executor, method, ...args);

            expect(called).to.equal('prototype instance');
        });

        it(`${method} turns what its hook throws into a rejection with the same error`, async () => {
            const error = Object.assign(new Error('the engine is away'), { statusCode: 503 });
            const executor = executorWith({
                [`_${method}`]() {
                    throw error;
                }
            });
            const promise = call(executor, method, ...args);

            expect(await rejection(promise)).to.equal(error);
            expect(Object.keys(error)).to.deep.equal(['statusCode']);
        });

        it(`${method} rejects with what its hook rejects with, even undefined`, async () => {
            const executor = executorWith({ [`_${method}`]: () => Promise.reject(undefined) });

            expect(await rejection(call(executor, method, ...args))).to.equal(undefined);
        });

        it(`${method} returns a native promise of a plain value and of a thenable`, async () => {
            const thenable = { then: (resolve: (value: string) => void) => resolve('from a thenable') };

            for (const value of ['plain', thenable]) {
                const promise = call(executorWith({ [`_${method}`]: () => value }), method, ...args);

                expect(Object.getPrototypeOf(promise)).to.equal(Promise.prototype);
                if (method !== 'cleanUp') {
                    expect(await promise).to.equal(value === thenable ? 'from a thenable' : value);
                }
            }
        });
    }

    it('cleanUp resolves undefined whatever _cleanUp resolves with, and gives it no arguments', async () => {
        let given: unknown[] | undefined;
        const executor = executorWith({
            _cleanUp(...args: unknown[]) {
                given = args;

                return Promise.resolve('done');
            }
        });

        expect(await call(executor, 'cleanUp', { some: 'config' })).to.equal(undefined);
        expect(given).to.deep.equal([]);
    });
});

describe('a hook that is not overridden', () => {
    for (const { method, config, byDefault } of CONFIGURED) {
        if (byDefault === 'resolves') {
            it(`_${method} resolves undefined`, async () => {
                expect(await call(new BareExecutor(), method, config)).to.equal(undefined);
            });
            continue;
        }

        it(`_${method} rejects exactly "Not implemented"`, async () => {
            const error = await rejection(call(new BareExecutor(), method, config));

            expect(error).to.be.an.instanceOf(Error);
            expect(error).to.include({ name: 'Error', message: 'Not implemented', code: 'EXECUTOR_NOT_IMPLEMENTED' });
            expect(error).to.equal(error.constructor === Error && error);
        });

        it(`_${method} returns a promise to a subclass that calls super`, async () => {
            const executor = new BareExecutor() as unknown as Record<string, () => Promise<unknown>>;

            expect((await rejection(executor[`_${method}`]!())).message).to.equal('Not implemented');
        });
    }

    it('_cleanUp resolves undefined', async () => {
        expect(await new BareExecutor().cleanUp()).to.equal(undefined);
    });

    it('stats returns an empty object at once, a fresh one each time', () => {
        const executor = new BareExecutor();
        const stats = executor.stats({ token: '' });

        expect(stats).to.deep.equal({});
        expect(executor.stats()).to.not.equal(stats);
    });
});
