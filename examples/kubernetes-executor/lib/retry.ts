import { setTimeout as wait } from 'node:timers/promises';
import type { ExecutorError } from 'screwdriver-executor-base';

/** Milliseconds that a cluster may be away in the midst of something: as long as its API server takes to start again. */
const OUTAGE = 15_000;
/** Milliseconds between two tries: a cluster that is down is not to be flooded. */
const PAUSE = 500;

/**
 * Does what may be done twice, again and again while it fails in a way that may pass.
 *
 * @param work rejects with an error of the cluster
 * @param signal ends it
 */
export async function persist<Result>(work: () => Promise<Result>, signal: AbortSignal) {
    const end = performance.now() + OUTAGE;

    for (;;) {
        try {
            return await work();
        } catch (error) {
            if (!(error as ExecutorError).retryable || signal.aborted || performance.now() > end) throw error;
        }
        await pause(signal);
    }
}

/** @param signal ends it */
export async function pause(signal: AbortSignal) {
    await wait(PAUSE, undefined, { signal }).catch(() => {});
}
