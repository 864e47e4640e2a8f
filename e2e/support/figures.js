'use strict';

/** The milliseconds that some work takes. */
async function timed(work) {
    const begin = performance.now();

    await work();

    return performance.now() - begin;
}

function median(values) {
    return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

module.exports = { median, timed };
