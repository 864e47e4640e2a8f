'use strict';

const assert = require('node:assert');
const { before, describe, it } = require('node:test');
const { EXPECTED, flawOf } = require('./runners');

const SHORT = Object.keys(EXPECTED).filter(executor => !executor.includes('hangs'));
const HANGING = Object.keys(EXPECTED).filter(executor => executor.includes('hangs'));
const START_AND_STOP = HANGING.filter(executor => /^_(start|stop) /.test(executor));

const RUNS = [
    ...['vitest', 'jest'].flatMap(runner => SHORT.map(executor => [runner, executor])),
    ...HANGING.map(executor => ['node:test', executor]),
    ...['mocha', 'vitest', 'jest'].flatMap(runner => START_AND_STOP.map(executor => [runner, executor]))
];
/** They wait most of the time, except at the start. */
const SIDE_BY_SIDE = 8;

describe('the kit', () => {
    const flaws = new Map();

    before(async () => {
        const queue = RUNS.values();

        await Promise.all(
            Array.from({ length: SIDE_BY_SIDE }, async () => {
                for (const [runner, executor] of queue)
                    flaws.set(`${runner} ${executor}`, await flawOf(runner, executor));
            })
        );
    });

    for (const [runner, executor] of RUNS) {
        it(`says in ${runner} what it should, and ends: ${executor}`, () => {
            assert.strictEqual(flaws.get(`${runner} ${executor}`), undefined);
        });
    }
});
