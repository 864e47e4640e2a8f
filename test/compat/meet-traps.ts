import { describe } from './child/describe';
import { minimal } from './configs';
import { watchLoading } from './child/watch-loading';
import { VALIDATED } from './operations';
import type { Load } from './child/load';

/** What subclasses, their suites and their callers implicitly rely on, and what one base shows for each. */
export = async (load: Load) => {
    const loading = watchLoading(() => load.base());
    const Base = load.base();
    const mockery = load('mockery');

    return {
        loading,
        'fs replaced while it loads': withFsStubs(load, mockery),
        'data-schema replaced by name': await withOtherSchemas(load, mockery),
        'hooks at call time': await hooksAtCallTime(Base),
        'public methods replaced': replaced(Base),
        'a hook that throws': await throwing(Base),
        'members with methods of operations': dangerousMembers(Base),
        'what a webhook gives': await webhooks(Base),
        'a function as second argument': await functionPassed(Base),
        'an executor behind a proxy': await behindProxy(Base)
    };
};

/** The suites of k8s, k8s-vm, nomad and router load the base with a clean cache while `fs` has only two stubs. */
function withFsStubs(load: Load, mockery: any) {
    const fs = { existsSync: () => true, readFileSync: () => 'stub' };

    mockery.enable({ useCleanCache: true, warnOnUnregistered: false });
    mockery.registerMock('fs', fs);
    const K8s = load('screwdriver-executor-k8s-vm');
    const executor = new K8s({ ecosystem: {} });

    mockery.deregisterAll();
    mockery.disable();

    return { token: executor.token, class: executor.constructor.name };
}

/** Upstream's own tests replace screwdriver-data-schema with other schemas under that name. */
async function withOtherSchemas(load: Load, mockery: any) {
    const used: string[] = [];
    const schema = (name: string) => ({
        validate: (config: { fails?: boolean }) => {
            used.push(name);

            return { error: config.fails ? new Error(`${name} failed`) : undefined };
        }
    });
    mockery.enable({ useCleanCache: true, warnOnUnregistered: false });
    mockery.registerMock('screwdriver-data-schema', {
        plugins: { executor: Object.fromEntries(VALIDATED.map(name => [name, schema(name)])) }
    });
    const executor = new (load.base())();
    const results: unknown[] = [];

    for (const operation of VALIDATED) {
        executor[`_${operation}`] = () => Promise.resolve('passed');
        for (const config of [{}, { fails: true }]) {
            results.push(await executor[operation](config).catch((error: Error) => error.message));
        }
    }
    mockery.deregisterAll();
    mockery.disable();

    return { used, results };
}

async function hooksAtCallTime(Base: any) {
    const executor: any = new (class extends Base {
        _start() {
            return Promise.resolve('of the class');
        }
    })();
    const first = await executor.start(minimal());

    executor._start = () => Promise.resolve('of the instance');
    const second = await executor.start(minimal());

    delete executor._start;
    Object.getPrototypeOf(executor)._start = () => Promise.resolve('of the class, later');

    return [first, second, await executor.start(minimal())];
}

function replaced(Base: any) {
    const executor = new Base();
    const results: Record<string, unknown[]> = {};

    for (const name of ['start', 'stop', 'stats', 'cleanUp', 'parseAnnotations', 'exchangeTokenForBuild']) {
        executor[name] = () => 'replaced';
        results[name] = [
            executor[name](),
            Reflect.deleteProperty(executor, name),
            typeof executor[name] === 'function'
        ];
    }

    return { ...results, exchangeTokenForBuild: results.exchangeTokenForBuild!.slice(0, 2) };
}

async function throwing(Base: any) {
    const executor = new Base();
    const error = Object.assign(new TypeError('thrown'), { statusCode: 503 });
    const results: Record<string, boolean> = {};

    for (const operation of [...VALIDATED, 'cleanUp']) {
        executor[`_${operation}`] = () => {
            throw error;
        };
        results[operation] = await executor[operation](minimal()).catch((caught: unknown) => caught === error);
    }

    return results;
}

/** router calls `this[<the user's executor annotation>].start`, so no member of the base may have such a method. */
function dangerousMembers(Base: any) {
    const executor: any = new (class extends Base {})();
    const found: string[] = [];

    for (let object = executor; object && object !== Object.prototype; object = Object.getPrototypeOf(object)) {
        for (const key of Reflect.ownKeys(object)) {
            const member = Reflect.get(executor, key);

            for (const operation of ['start', 'stop', 'verify']) {
                if (typeof member?.[operation] === 'function') found.push(`${String(key)}.${operation}`);
            }
        }
    }

    return found;
}

async function webhooks(Base: any) {
    const results: unknown[] = [];

    for (const value of [null, undefined, { accepted: true }]) {
        results.push(
            await Object.assign(new Base(), { _enqueueWebhook: () => Promise.resolve(value) }).enqueueWebhook({})
        );
    }
    const refuse = () => Promise.reject(Object.assign(new Error('Too many'), { statusCode: 429 }));

    await Object.assign(new Base(), { _enqueueWebhook: refuse })
        .enqueueWebhook({})
        .catch((error: unknown) => results.push(error));

    return describe(results);
}

/** The hook never sees what a caller passes after the config. */
async function functionPassed(Base: any) {
    const seen: boolean[] = [];
    const executor = new Base();

    for (const operation of ['start', 'stopTimer', 'enqueueWebhook']) {
        executor[`_${operation}`] = (_: unknown, second: unknown) =>
            Promise.resolve(seen.push(typeof second === 'function'));
        await executor[operation](minimal(), () => {});
    }

    return seen;
}

async function behindProxy(Base: any) {
    const executor = Object.assign(new Base(), {
        _start: () => Promise.resolve('started'),
        _stopTimer: () => Promise.resolve('stopped')
    });
    const outside = [new Proxy(executor, {}), Object.create(executor)];

    return Promise.all(
        outside.flatMap(wrapped => [wrapped.start(minimal()), wrapped.stopTimer({}), wrapped.cleanUp()])
    );
}
