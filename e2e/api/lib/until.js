'use strict';

const { setTimeout: sleep } = require('node:timers/promises');

/** Reads until there is something, and resolves with it; rejects after so many milliseconds. */
async function until(what, read, milliseconds = 60_000) {
    const end = performance.now() + milliseconds;

    for (;;) {
        const value = await read();

        if (value) return value;
        if (performance.now() >= end) throw new Error(`Waited ${milliseconds / 1000} s in vain until ${what}`);
        await sleep(100);
    }
}

module.exports = { until };
