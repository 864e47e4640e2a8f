import { setTimeout as wait } from 'node:timers/promises';
import { isRetryable } from 'screwdriver-executor-base';

/** Milliseconds that a cluster may be down during an operation: as long as its API server takes to restart. */
const OUTAGE = 15_000;
/** Milliseconds between two tries, so as not to flood a cluster that is down. */
const PAUSE = 500;

/**
 * Repeats work that is safe to repeat while it fails with a temporary error.
 *
 * @param work rejects with an error of the cluster
 * @param signal ends it
 */
export async function persist<Result>(work: () => Promise<Result>, signal: AbortSignal, isTemporary = isRetryable) {
    const end = performance.now() + OUTAGE;

    for (;;) {
        try {
            return await work();
        } catch (error) {
            if (!isTemporary(error) || signal.aborted || performance.now() > end) throw error;
        }
        await pause(signal);
    }
}

/** @param signal ends it */
export async function pause(signal: AbortSignal) {
    await wait(PAUSE, undefined, { signal }).catch(() => {});
}
