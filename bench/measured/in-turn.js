'use strict';

// Starts and stops builds one after the other, in a separate process, with or without calls in turn.
const Executor = require('../..');
const { CONFIGS } = require('./configs');
const { used } = require('./heap');

class Subclass extends Executor {
    static callsInTurn = process.argv[2] === 'in turn';

    _start() {}

    _stop() {}
}

const executor = new Subclass();

const TASKS = {
    /** Microseconds a start. */
    async time(count) {
        const begin = performance.now();

        for (let call = 0; call < count; call += 1) await executor.start(CONFIGS.start);

        return ((performance.now() - begin) / count) * 1000;
    },

    /** Bytes of the heap that remain after a number of starts and stops, each of a different build. */
    async left(count) {
        const work = async (from, to) => {
            for (let buildId = from; buildId < to; buildId += 1) {
                const started = executor.start({ ...CONFIGS.start, buildId });

                await executor.stop({ ...CONFIGS.stop, buildId });
                await started;
            }
        };

        await work(1, 5_000);
        const before = used();

        await work(5_000, 5_000 + count);

        return used() - before;
    }
};

process.on('message', async ({ task, count }) => process.send(await TASKS[task](count)));
