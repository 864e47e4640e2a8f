'use strict';

// One way of calling an operation, in a separate process. Calls it as often as the parent asks.
const { Session } = require('node:inspector/promises');
const { join } = require('node:path');
const { CONFIGS } = require('./configs');

const OURS = join(__dirname, '..', '..', 'dist');

function executorOf(Executor) {
    class Subclass extends Executor {
        async _start() {}
        async _stop() {}
        async _status() {}
    }

    return new Subclass();
}

/** As in the API: Joi judges every config if data-schema is already loaded. */
function judgedByJoi() {
    require(require.resolve('screwdriver-data-schema', { paths: [OURS] }));

    return executorOf(require('../..'));
}

/** Each returns an object with the operations. Only one is loaded per process. */
const CALLERS = {
    'this package': () => executorOf(require('../..')),
    'this package, judged by Joi': judgedByJoi,
    'the same without diagnostics': () => {
        require(join(OURS, 'observability', 'diagnostics')).traced = (executor, operation, config, work) => work();

        return judgedByJoi();
    },
    'the same with a subscriber': () => {
        const { tracingChannel } = require('node:diagnostics_channel');

        for (const operation of Object.keys(CONFIGS)) {
            tracingChannel(`screwdriver-executor.${operation}`).asyncEnd.subscribe(() => {});
        }

        return judgedByJoi();
    },
    '11.1.0': () => executorOf(require('screwdriver-executor-base-11')),
    '`schema.validate` and hook': () => {
        const file = require.resolve('screwdriver-data-schema', { paths: [OURS] });
        const schemas = require(file).plugins.executor;
        const hook = async () => {};
        const operation = name => async config => {
            const { error } = schemas[name].validate(config);

            if (error) throw error;

            return await hook(config);
        };

        return Object.fromEntries(Object.keys(CONFIGS).map(name => [name, operation(name)]));
    }
};

/** Microseconds a call. */
async function time(caller, operation, count) {
    const config = CONFIGS[operation];
    const begin = performance.now();

    for (let call = 0; call < count; call += 1) await caller[operation](config);

    return ((performance.now() - begin) / count) * 1000;
}

/** The share of the time that a profile shows in this package's own functions. */
async function profile(caller, operation, count) {
    const session = new Session();

    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 100 });
    await session.post('Profiler.start');
    await time(caller, operation, count);
    const { nodes, samples } = (await session.post('Profiler.stop')).profile;
    const own = new Set(nodes.filter(({ callFrame: { url } }) => url.includes(OURS)).map(({ id }) => id));

    session.disconnect();

    return samples.filter(id => own.has(id)).length / samples.length;
}

const caller = CALLERS[process.argv[2]]();

process.on('message', async ({ task, operation, count }) => {
    process.send(await { time, profile }[task](caller, operation, count));
});
