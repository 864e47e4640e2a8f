'use strict';

const { fork } = require('node:child_process');
const { join } = require('node:path');
const { median, ratios, spread } = require('./spread');
const { print, verdict } = require('./table');
const { names } = require('./waiting');
const { inTurns, next } = require('./turns');

const title = 'Operations in flight';

const COUNTS = [1, 10, 100, 1000, 10_000];
const TOTAL = 10_000;
/** With fewer in flight, what else a process does weighs more in its heap than they do. */
const ENOUGH = 100;
const BYTES = 2048;

const FLAT = 1.2;

async function measure({ rounds = 5 } = {}) {
    const waiting = new Map(names.map(name => [name, fork(join(__dirname, 'waiting.js'), [name])]));
    const tasks = names.flatMap(name => COUNTS.map(count => ({ name, count })));

    try {
        const results = await inTurns(tasks, rounds, ({ name, count }) => {
            waiting.get(name).send({ count, total: TOTAL });

            return next(waiting.get(name));
        });

        return figure(results, rounds);
    } finally {
        for (const child of waiting.values()) child.kill();
    }
}

function figure(results, rounds) {
    const of = (name, count, key) => {
        const [, found] = [...results].find(([task]) => task.name === name && task.count === count);

        return found.map(result => result[key]);
    };
    const rows = [...results.keys()].map(({ name, count }) => {
        const time = of(name, count, 'time');
        const beside = ratios(time, of(name, COUNTS[0], 'time'));
        const row = [name, count, spread(time), spread(beside)];

        if (count < ENOUGH) return [...row, '', '', name === names[0] ? verdict(median(beside) <= FLAT) : ''];
        const memory = of(name, count, 'memory');
        const more = ratios(memory, of(name, ENOUGH, 'memory'));
        const holds = median(beside) <= FLAT && median(more) <= FLAT && median(memory) <= BYTES;

        return [...row, spread(memory), spread(more), name === names[0] ? verdict(holds) : ''];
    });

    return {
        columns: ['package', 'in flight', 'µs each', 'beside 1', 'bytes each', 'beside 100', '≤ 1.20 and ≤ 2 KB'],
        rows,
        notes: [
            `Median and spread of ${rounds} rounds of ${TOTAL} starts, so many at a time on one executor, in alternating order. Their hook waits until all have begun. Each has a config of its own, which is not counted.`,
            'Bytes are what the heap holds more after garbage collection while the hooks wait, promises of the caller included.',
            'Whoever begins so many at once pays for the garbage collector as well, which copies what is still in flight: the rows of 11.1.0 show how much of it is that.'
        ]
    };
}

module.exports = { title, measure };

if (require.main === module) print(module.exports);
