import { channelOf, type OperationMessage } from './diagnostics';
import { OPERATIONS, type Operation } from '../operations/names';

/** What `stats` gives: exactly the keys that the API's `GET /v4/stats` accepts, or none. */
export interface Stats {
    requests?: {
        /** Operations since the executor was made, those in flight included. */
        total: number;
        /** Failures of the kind `timeout`. They count as failures, too. */
        timeouts: number;
        success: number;
        failure: number;
        /** Operations in flight. */
        concurrent: number;
        /** Milliseconds. */
        averageTime: number;
    };
    breaker?: { isClosed: boolean };
}

/**
 * Counts an executor's operations from here on, and returns a function that gives the counts, for its `stats`. Those
 * count whose hook it overrides, so that what ends in `Not implemented` is no failure.
 *
 * For the executor's constructor: `Executor.collectStats(this)`.
 *
 * For executors that live as long as their process: the channels keep what listens to them.
 *
 * @throws TypeError for what is no executor
 */
export function collectStats(executor: {
    supports(operation: Operation): boolean;
}): () => Required<Pick<Stats, 'requests'>> {
    if (typeof executor?.supports !== 'function') {
        throw new TypeError('collectStats takes the executor whose operations it counts: Executor.collectStats(this)');
    }
    const inFlight = new Set<OperationMessage>();
    let [success, failure, timeouts, time] = [0, 0, 0, 0];

    const onStart = (message: OperationMessage) => {
        if (message.isFrom(executor) && executor.supports(message.operation as Operation)) inFlight.add(message);
    };
    const onEnd = (message: OperationMessage) => {
        if (!inFlight.delete(message)) return;
        time += message.duration!;
        if (message.outcome === 'success') success += 1;
        else failure += 1;
        if (message.error?.kind === 'timeout') timeouts += 1;
    };

    for (const operation of OPERATIONS) {
        const { start, asyncEnd } = channelOf(operation);

        start.subscribe(message => onStart(message as OperationMessage));
        asyncEnd.subscribe(message => onEnd(message as OperationMessage));
    }

    return () => {
        const settled = success + failure;
        const concurrent = inFlight.size;
        const averageTime = settled === 0 ? 0 : Math.round(time / settled);

        return { requests: { total: settled + concurrent, timeouts, success, failure, concurrent, averageTime } };
    };
}
