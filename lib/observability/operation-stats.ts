import { channelOf, executorOf, type OperationMessage } from './diagnostics';
import { OPERATIONS, type Operation } from '../operations/names';

/** The result of `stats`: exactly the keys that the API's `GET /v4/stats` accepts, or none. */
export interface Stats {
    requests?: {
        /** Operations since the executor was created, including those in progress. */
        total: number;
        /** Failures of kind `timeout`, which also count as failures. */
        timeouts: number;
        success: number;
        failure: number;
        /** Operations in progress. */
        concurrent: number;
        /** Milliseconds. */
        averageTime: number;
    };
    breaker?: { isClosed: boolean };
}

/** The counts of one executor. */
class Counter {
    readonly #inFlight = new Set<OperationMessage>();
    #success = 0;
    #failure = 0;
    #timeouts = 0;
    #time = 0;

    start(message: OperationMessage): void {
        this.#inFlight.add(message);
    }

    end(message: OperationMessage): void {
        if (!this.#inFlight.delete(message)) return;
        this.#time += message.duration!;
        if (message.outcome === 'success') this.#success += 1;
        else this.#failure += 1;
        if (message.error?.kind === 'timeout') this.#timeouts += 1;
    }

    get requests(): NonNullable<Stats['requests']> {
        const [success, failure, timeouts] = [this.#success, this.#failure, this.#timeouts];
        const settled = success + failure;
        const concurrent = this.#inFlight.size;
        const averageTime = settled === 0 ? 0 : Math.round(this.#time / settled);

        return { total: settled + concurrent, timeouts, success, failure, concurrent, averageTime };
    }
}

type Countable = { supports(operation: Operation): boolean };

/** Separate from the channels, which live as long as the process: the counts live as long as their executor. */
const counters = new WeakMap<object, Counter>();
let isListening = false;

function listen(): void {
    if (isListening) return;
    isListening = true;
    for (const operation of OPERATIONS) {
        const { start, asyncEnd } = channelOf(operation);

        start.subscribe(message => {
            const executor = executorOf(message as OperationMessage) as Countable | undefined;
            const counter = executor && counters.get(executor);

            if (counter && executor.supports(operation)) counter.start(message as OperationMessage);
        });
        asyncEnd.subscribe(message => {
            const executor = executorOf(message as OperationMessage);

            if (executor) counters.get(executor)?.end(message as OperationMessage);
        });
    }
}

/**
 * Counts an executor's operations from now on, and returns a function for its `stats` that returns the counts. Counts
 * only operations whose hook is overridden, so that `Not implemented` does not count as a failure.
 *
 * Call it in the executor's constructor: `Executor.collectStats(this)`.
 *
 * @throws TypeError if it is not an executor
 */
export function collectStats(executor: Countable): () => Required<Pick<Stats, 'requests'>> {
    if (typeof executor?.supports !== 'function') {
        throw new TypeError('collectStats takes the executor whose operations it counts: Executor.collectStats(this)');
    }
    const counter = counters.get(executor) ?? new Counter();

    counters.set(executor, counter);
    listen();

    return () => ({ requests: counter.requests });
}
