'use strict';

const { setTimeout: wait } = require('node:timers/promises');

/** The first result that is truthy; rejects with the last one when it does not come in time. */
async function until(what, look, seconds = 30) {
    const end = performance.now() + seconds * 1000;
    let seen;

    do {
        seen = await look();
        if (seen) return seen;
        await wait(50);
    } while (performance.now() < end);

    throw new Error(`${what}: not within ${seconds} s`);
}

module.exports = { until };
