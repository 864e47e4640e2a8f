'use strict';

const { setTimeout: wait } = require('node:timers/promises');

/** Milliseconds that a cluster may be away in the midst of something: as long as its API server takes to start again. */
const OUTAGE = 15_000;
/** Milliseconds between two tries: a cluster that is down is not to be flooded. */
const PAUSE = 500;

/**
 * Does what may be done twice, again and again while it fails in a way that may pass.
 *
 * @template Result
 * @param {() => Promise<Result>} work rejects with an error of the cluster
 * @param {AbortSignal} signal ends it
 */
async function persist(work, signal) {
    const end = performance.now() + OUTAGE;

    for (;;) {
        try {
            return await work();
        } catch (/** @type {any} */ error) {
            if (!error.retryable || signal.aborted || performance.now() > end) throw error;
        }
        await pause(signal);
    }
}

/** @param {AbortSignal} signal ends it */
async function pause(signal) {
    await wait(PAUSE, undefined, { signal }).catch(() => {});
}

module.exports = { pause, persist };
