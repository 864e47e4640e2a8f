import { inspect } from 'node:util';
import { expect } from 'chai';
import sinon = require('sinon');
import Executor = require('screwdriver-executor-base');
import { startConfig } from '../support/configs';
import { BareExecutor, executorWith, rejection, type PublicExecutor } from '../support/executors';

/** Every name of an executor, except those of Object. */
function names(executor: object): string[] {
    const all: string[] = [];

    for (let owner = executor; owner !== Object.prototype; owner = Object.getPrototypeOf(owner) as object) {
        all.push(...Object.getOwnPropertyNames(owner));
    }

    return [...new Set(all)].filter(name => name !== 'constructor');
}

describe('an executor', () => {
    it('can be constructed without arguments, and keeps the one it is given', () => {
        const options = { host: 'engine.example' };

        expect(new BareExecutor()).to.have.own.property('config', undefined);
        expect(new BareExecutor(options)).to.have.own.property('config').that.equals(options);
        // A falsy one as well.
        expect(new BareExecutor(0)).to.have.own.property('config', 0);
        expect(Executor.length).to.equal(1);
    });

    it('has one own property, config: all other state is private', () => {
        const executor = new BareExecutor();

        expect(Reflect.ownKeys(executor)).to.deep.equal(['config']);
        expect(JSON.stringify(new BareExecutor({ a: 1 }))).to.equal('{"config":{"a":1}}');
    });

    it('returns promises from the hooks that need no override, for subclasses that chain on super', async () => {
        const hooks = new BareExecutor() as unknown as Record<string, () => unknown>;

        for (const name of ['_verify', '_startTimer', '_stopTimer', '_cleanUp']) {
            const result = hooks[name]!();

            expect(result, name).to.be.a('promise');
            expect(await result).to.equal(undefined);
        }
    });

    it('has hooks like those of any class, whether TypeScript calls them abstract or not', () => {
        for (const name of ['_start', '_stop', '_verify']) {
            expect(Object.getOwnPropertyDescriptor(Executor.prototype, name), name).to.include({
                writable: true,
                enumerable: false,
                configurable: true
            });
        }
    });

    it('has exactly the documented methods', () => {
        const hooks: string[] = Executor.OPERATIONS.flatMap(name => [name, `_${name}`]);

        expect(names(new BareExecutor())).to.have.members(
            hooks
                .concat('config', 'stats', 'supports', 'parseAnnotations', 'exchangeTokenForBuild')
                .concat('reportFailure', 'shutDown')
        );
    });

    it('is extensible, and every name on it can be assigned and deleted', () => {
        const executor = new BareExecutor();
        const target = executor as unknown as Record<string, unknown>;

        expect(Object.isExtensible(executor)).to.equal(true);
        for (const name of [...names(executor), 'name', 'tokenGen', 'userTokenGen', 'token', 'buildTimeout', 'api']) {
            target[name] = name;
            expect(target).to.have.own.property(name, name);
            expect(delete target[name]).to.equal(true);
        }
    });

    it('has nothing with start, stop or verify of its own: executors look others up by name on themselves', () => {
        const executor = new BareExecutor({});

        for (const name of [...names(executor), 'constructor', '__proto__', 'hasOwnProperty']) {
            if (name === '__proto__') continue;
            const value = (executor as unknown as Record<string, any>)[name];

            for (const method of ['start', 'stop', 'verify', '_start', '_stop', '_verify']) {
                expect(value[method], `${name}.${method}`).to.equal(undefined);
            }
        }
    });

    it('works as a base of plain classes with their own names', async () => {
        class Queue extends BareExecutor {
            token = '';
            buildTimeout = 90;
            breaker = { isClosed: () => true };

            constructor() {
                super();
                this.config = { queue: true };
            }

            api() {
                return 'api';
            }

            _start(config: { buildId: number }) {
                return `${this.api()} ${config.buildId} ${this.buildTimeout}`;
            }
        }
        const queue = new Queue();

        expect(await queue.start(startConfig({ buildId: 7 }))).to.equal('api 7 90');
        expect(queue.config).to.deep.equal({ queue: true });
        expect(queue).to.be.an.instanceOf(Executor);
    });

    it('has public methods that sinon can replace and restore', async () => {
        const executor = executorWith({
            _start(this: PublicExecutor, config: Executor.StartConfig) {
                return this.exchangeTokenForBuild(config);
            }
        });
        const stub = sinon.stub(executor, 'exchangeTokenForBuild').resolves('build token');

        expect(await executor.start(startConfig())).to.equal('build token');
        stub.restore();
        expect(executor.exchangeTokenForBuild).to.equal(Executor.prototype.exchangeTokenForBuild);
    });

    it('works behind a proxy, and if the constructor never ran', async () => {
        const executor = executorWith({ _start: (config: object) => config, _cleanUp: () => {} });
        const config = startConfig();

        for (const other of [new Proxy(executor, {}), Object.create(executor) as typeof executor]) {
            expect(await other.start(config)).to.equal(config);
            expect(await other.cleanUp()).to.equal(undefined);
            expect(other.supports('start')).to.equal(true);
        }
    });

    it('rejects and does not throw if a method has lost its executor', async () => {
        const { start, startTimer, cleanUp, exchangeTokenForBuild } = Executor.prototype;

        for (const method of [start, startTimer, cleanUp, exchangeTokenForBuild]) {
            const promise = (method as (...args: unknown[]) => Promise<unknown>)(startConfig());

            expect(await rejection(promise)).to.be.an.instanceOf(TypeError);
        }
    });

    it('lets stats be overridden by an asynchronous one', async () => {
        const executor = executorWith({ stats: (config: object) => Promise.resolve(config) });

        expect(await executor.stats({ token: '' })).to.deep.equal({ token: '' });
    });
});

describe('supports', () => {
    class Engine extends BareExecutor {
        _start() {}
        _stop() {}
    }

    it('is true if the hook is overridden, by a parent class or on the instance', () => {
        class Special extends Engine {
            _cleanUp() {}
        }
        const executor = Object.assign(new Special(), { _verify: () => {} });

        for (const operation of ['start', 'stop', 'verify', 'cleanUp'] as const) {
            expect(executor.supports(operation), operation).to.equal(true);
        }
        expect(executor.supports('status')).to.equal(false);
    });

    it('is false for each operation of the class itself', () => {
        for (const name of names(new BareExecutor()).filter(name => name.startsWith('_'))) {
            expect(new BareExecutor().supports(name.slice(1) as 'start'), name).to.equal(false);
        }
    });

    it('is false for a public method that is overridden in place of the hook', () => {
        expect(Object.assign(new BareExecutor(), { start: () => {} }).supports('start')).to.equal(false);
    });

    it('is false for unknown operations', () => {
        const executor = Object.assign(new Engine(), { _own: () => {}, _toString: () => {} });

        for (const name of [
            'own',
            'toString',
            '_start',
            'stats',
            'constructor',
            '__proto__',
            '',
            undefined,
            null,
            {}
        ]) {
            expect(executor.supports(name as 'start'), inspect(name)).to.equal(false);
        }
    });
});
