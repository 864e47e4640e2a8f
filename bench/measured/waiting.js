'use strict';

// Keeps operations of one executor in flight, in a separate process, and reports what one of them costs.
const { CONFIGS } = require('./configs');
const { used } = require('./heap');

const PACKAGES = {
    'this package': '../..',
    'this package, in turn': '../..',
    '11.1.0': 'screwdriver-executor-base-11'
};

let open;
let gate;

function close() {
    gate = new Promise(resolve => {
        open = resolve;
    });
}

function executorOf(name) {
    const Executor = require(PACKAGES[name]);

    class Subclass extends Executor {
        static callsInTurn = name.endsWith('in turn');

        _start() {
            return gate;
        }
    }

    return new Subclass();
}

/** Runs `total` operations, a number of them at a time: microseconds per operation. */
async function time(executor, configs, total) {
    const begin = performance.now();

    for (let done = 0; done < total; done += configs.length) {
        close();
        const started = configs.map(config => executor.start(config));

        await undefined;
        open();
        await Promise.all(started);
    }

    return ((performance.now() - begin) / total) * 1000;
}

/** Bytes of the heap that an operation holds until its hook has settled. */
async function memory(executor, configs) {
    close();
    const started = new Array(configs.length);
    const before = used();

    for (const [at, config] of configs.entries()) started[at] = executor.start(config);
    await new Promise(setImmediate);
    const bytes = (used() - before) / configs.length;

    open();
    await Promise.all(started);

    return bytes;
}

const executor = executorOf(process.argv[2]);

process.on('message', async ({ count, total }) => {
    const token = CONFIGS.start.token.slice(0, -8);
    const configs = Array.from({ length: count }, (_, at) => ({
        ...CONFIGS.start,
        buildId: 1 + at,
        token: token + String(at).padStart(8, '0')
    }));
    // Concatenated strings are flattened when they are first hashed.
    for (const config of configs) Object.keys({ [config.token]: 0 });

    await time(executor, configs, count);
    process.send({ time: await time(executor, configs, total), memory: await memory(executor, configs) });
});
