'use strict';

const { describe } = require('./child/describe');
const { minimal } = require('./configs');
const { watchLoading } = require('./child/watch-loading');

/** What subclasses, their suites and their callers rely on without saying so: each by what it shows on one base. */
module.exports = async load => {
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

/** The suites of k8s, k8s-vm, nomad and router load the base with a clean cache while `fs` is two stubs. */
function withFsStubs(load, mockery) {
    const fs = { existsSync: () => true, readFileSync: () => 'stub' };

    mockery.enable({ useCleanCache: true, warnOnUnregistered: false });
    mockery.registerMock('fs', fs);
    const K8s = load('screwdriver-executor-k8s-vm');
    const executor = new K8s({ ecosystem: {} });

    mockery.deregisterAll();
    mockery.disable();

    return { token: executor.token, class: executor.constructor.name };
}

/** Upstream's own tests put other schemas in place of screwdriver-data-schema, by that name. */
async function withOtherSchemas(load, mockery) {
    const used = [];
    const schema = name => ({
        validate: config => {
            used.push(name);

            return { error: config.fails ? new Error(`${name} failed`) : undefined };
        }
    });
    const operations = ['start', 'stop', 'verify', 'status'];

    mockery.enable({ useCleanCache: true, warnOnUnregistered: false });
    mockery.registerMock('screwdriver-data-schema', {
        plugins: { executor: Object.fromEntries(operations.map(name => [name, schema(name)])) }
    });
    const executor = new (load.base())();
    const results = [];

    for (const operation of operations) {
        executor[`_${operation}`] = async () => 'passed';
        for (const config of [{}, { fails: true }]) {
            results.push(await executor[operation](config).catch(error => error.message));
        }
    }
    mockery.deregisterAll();
    mockery.disable();

    return { used, results };
}

async function hooksAtCallTime(Base) {
    const executor = new (class extends Base {
        _start() {
            return Promise.resolve('of the class');
        }
    })();
    const first = await executor.start(minimal());

    executor._start = async () => 'of the instance';
    const second = await executor.start(minimal());

    delete executor._start;
    Object.getPrototypeOf(executor)._start = async () => 'of the class, later';

    return [first, second, await executor.start(minimal())];
}

function replaced(Base) {
    const executor = new Base();
    const results = {};

    for (const name of ['start', 'stop', 'stats', 'cleanUp', 'parseAnnotations', 'exchangeTokenForBuild']) {
        executor[name] = () => 'replaced';
        results[name] = [executor[name](), delete executor[name], typeof executor[name] === 'function'];
    }

    return { ...results, exchangeTokenForBuild: results.exchangeTokenForBuild.slice(0, 2) };
}

async function throwing(Base) {
    const executor = new Base();
    const error = Object.assign(new TypeError('thrown'), { statusCode: 503 });
    const results = {};

    for (const operation of ['start', 'stop', 'verify', 'status', 'cleanUp']) {
        executor[`_${operation}`] = () => {
            throw error;
        };
        results[operation] = await executor[operation](minimal()).catch(caught => caught === error);
    }

    return results;
}

/** router calls `this[<the user's executor annotation>].start`: nothing that the base brings may have such a method. */
function dangerousMembers(Base) {
    const executor = new (class extends Base {})();
    const found = [];

    for (let object = executor; object && object !== Object.prototype; object = Object.getPrototypeOf(object)) {
        for (const key of Reflect.ownKeys(object)) {
            const member = executor[key];

            for (const operation of ['start', 'stop', 'verify']) {
                if (typeof member?.[operation] === 'function') found.push(`${String(key)}.${operation}`);
            }
        }
    }

    return found;
}

async function webhooks(Base) {
    const results = [];

    for (const value of [null, undefined, { accepted: true }]) {
        results.push(await Object.assign(new Base(), { _enqueueWebhook: async () => value }).enqueueWebhook({}));
    }
    const refuse = async () => {
        throw Object.assign(new Error('Too many'), { statusCode: 429 });
    };

    await Object.assign(new Base(), { _enqueueWebhook: refuse })
        .enqueueWebhook({})
        .catch(error => results.push(error));

    return describe(results);
}

/** The hook never sees what a caller passes after the config. */
async function functionPassed(Base) {
    const seen = [];
    const executor = new Base();

    for (const operation of ['start', 'stopTimer', 'enqueueWebhook']) {
        executor[`_${operation}`] = async (config, second) => seen.push(typeof second === 'function');
        await executor[operation](minimal(), () => {});
    }

    return seen;
}

async function behindProxy(Base) {
    const executor = Object.assign(new Base(), { _start: async () => 'started', _stopTimer: async () => 'stopped' });
    const outside = [new Proxy(executor, {}), Object.create(executor)];

    return Promise.all(
        outside.flatMap(wrapped => [wrapped.start(minimal()), wrapped.stopTimer({}), wrapped.cleanUp()])
    );
}
