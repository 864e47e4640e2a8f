import { tracingChannel, type TracingChannel } from 'node:diagnostics_channel';
import { debuglog } from 'node:util';
import { summaryOf, type ErrorSummary } from '../errors/kinds';
import { read } from '../errors/read';
import type { Operation } from '../operations/names';
import type { Tries } from '../operations/call';

/**
 * Everything that has a channel: the operations with a hook, the token exchange, which usually runs inside a start, the
 * report of a failure, and failed work of `waitUntil`.
 */
export type TracedOperation = Operation | 'exchangeTokenForBuild' | 'reportFailure' | 'waitUntil';

/**
 * `requeue` if a start has resolved with false, or a verify with `waiting` or `initializing`: the caller asks again.
 * `fail-build` if a verify has resolved with any other non-empty string: the caller makes the build a FAILURE.
 */
export type OperationResult = 'ok' | 'requeue' | 'fail-build';

/**
 * The message on the channels: one object per call, the same in each of its events. It contains no secrets, so it may
 * be logged as it is.
 */
export interface OperationMessage {
    /** Name of the executor's class. */
    readonly executor: string;
    readonly operation: TracedOperation;
    /** From the config, if it is a number or a string of digits. */
    readonly buildId?: number | string;
    readonly jobId?: number | string;
    readonly pipelineId?: number | string;
    /** Milliseconds from call to settlement. Set from `asyncStart` and `error` on. */
    readonly duration?: number;
    /** Set from `asyncStart` and `error` on. */
    readonly outcome?: 'success' | 'failure';
    /** What a success means for the build. Set from `asyncStart` on; undefined after a failure. */
    readonly result?: OperationResult;
    /** The number of requests of an exchange or of a report of a failure. Set from `asyncStart` and `error` on. */
    readonly attempts?: number;
    /**
     * Milliseconds that a start or a stop waited for its turn (with `callsInTurn`), or that an exchange or a report
     * waited between its requests. Set from `asyncStart` and `error` on.
     */
    readonly waited?: number;
    /** A summary of what the operation rejected with. Set if the outcome is a failure. */
    readonly error?: ErrorSummary;
    /** Whether the call was made on this executor: a process may have several of one class. */
    isFrom(executor: object): boolean;
}

class Message implements OperationMessage {
    readonly executor: string;
    readonly operation: TracedOperation;
    declare readonly buildId?: number | string;
    declare readonly jobId?: number | string;
    declare readonly pipelineId?: number | string;
    declare duration?: number;
    declare outcome?: 'success' | 'failure';
    declare result?: OperationResult;
    declare attempts?: number;
    declare waited?: number;
    declare error?: ErrorSummary;
    // Private, so that a subscriber that logs the message does not log the executor's credentials.
    readonly #executor: object;
    readonly #begun = performance.now();

    constructor(executor: object, operation: TracedOperation, config: unknown) {
        this.#executor = executor;
        this.executor = nameOf(executor);
        this.operation = operation;
        Object.assign(this, idsOf(config));
    }

    isFrom(executor: object): boolean {
        return this.#executor === executor;
    }

    static executorOf(message: object): object | undefined {
        return #executor in message ? message.#executor : undefined;
    }

    settle(outcome: 'success' | 'failure'): void {
        this.duration = performance.now() - this.#begun;
        this.outcome = outcome;
    }
}

/** The executor of a message, if this copy of the package has made the message. */
export function executorOf(message: object): object | undefined {
    return Message.executorOf(message);
}

/** A class may define its own `name`, even one that throws. */
function nameOf(executor: object): string {
    const name = read(read(executor, 'constructor'), 'name');

    return typeof name === 'string' ? name : 'undefined';
}

/** Leaves out undefined and everything that could be more than an id. Returns nothing for a hostile config. */
function idsOf(config: unknown): Partial<Record<'buildId' | 'jobId' | 'pipelineId', number | string>> {
    const ids: Record<string, number | string> = {};

    for (const key of ['buildId', 'jobId', 'pipelineId']) {
        try {
            const id = (config as Record<string, unknown>)[key];

            if (typeof id === 'number' || (typeof id === 'string' && /^\d{1,20}$/.test(id))) ids[key] = id;
        } catch {
            // Not a config, or a getter that throws: validation reports that.
        }
    }

    return ids;
}

const debug = debuglog('screwdriver-executor');
const channels = new Map<TracedOperation, TracingChannel<object, OperationMessage>>();

/** Created at the first call: most processes use few of the operations. */
export function channelOf(operation: TracedOperation): TracingChannel<object, OperationMessage> {
    let channel = channels.get(operation);

    if (!channel) {
        channel = tracingChannel<object, OperationMessage>(`screwdriver-executor.${operation}`);
        channels.set(operation, channel);
        if (debug.enabled) {
            channel.start.subscribe(message => debug('%s', describe(message as OperationMessage)));
            channel.asyncEnd.subscribe(message => debug('%s', describe(message as OperationMessage)));
        }
    }

    return channel;
}

/** `MyExecutor.start buildId=1 failure after 12 ms (ECONNREFUSED, engine, retryable)`. */
function describe({
    executor,
    operation,
    buildId,
    jobId,
    pipelineId,
    duration,
    outcome,
    result,
    attempts,
    waited,
    error
}: OperationMessage): string {
    const ids = Object.entries({ buildId, jobId, pipelineId }).filter(([, id]) => id !== undefined);
    const words = [`${executor}.${operation}`, ...ids.map(([key, id]) => `${key}=${id}`)];

    words.push(outcome === undefined ? 'started' : `${result ?? outcome} after ${Math.round(duration!)} ms`);
    if (attempts !== undefined) words.push(`in ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`);
    if (waited !== undefined && waited >= 1) words.push(`with ${Math.round(waited)} ms of waiting`);
    if (error) {
        const { name, code, causeCode, paths = [], statusCode, kind, retryable } = error;
        const facts = [code ?? name, causeCode, ...paths, statusCode, kind, retryable && 'retryable'];

        words.push(`(${facts.filter(Boolean).join(', ')})`);
    }

    return words.join(' ');
}

/** Runs an operation and publishes it to its channel. */
export function traced<Result>(
    executor: object,
    operation: TracedOperation,
    config: unknown,
    work: (message?: Tries) => Promise<Result>
): Promise<Result> {
    const channel = channelOf(operation);

    if (!channel.hasSubscribers) return work();

    const message = new Message(executor, operation, config);
    // Runs its stores, so that the context that a tracer binds to the start reaches the hook.
    const promise = channel.start.runStores(message, () => work(message));

    channel.end.publish(message);

    return promise.then(
        result => {
            message.result = resultOf(operation, result);
            publishEnd(message, 'success');

            return result;
        },
        (error: unknown) => {
            publishFailure(message, error);

            throw error;
        }
    );
}

function resultOf(operation: TracedOperation, value: unknown): OperationResult {
    if (operation === 'start') return value === false ? 'requeue' : 'ok';
    if (operation !== 'verify' || typeof value !== 'string' || value === '') return 'ok';

    return value === 'waiting' || value === 'initializing' ? 'requeue' : 'fail-build';
}

/** Publishes the failure of work that continues after its operation, since no caller hears of it. */
export function publishUnheard(executor: object, config: unknown, error: unknown): void {
    if (channelOf('waitUntil').hasSubscribers) publishFailure(new Message(executor, 'waitUntil', config), error);
}

function publishFailure(message: Message, error: unknown): void {
    message.error = summaryOf(error);
    publishEnd(message, 'failure');
}

function publishEnd(message: Message, outcome: 'success' | 'failure'): void {
    const channel = channelOf(message.operation);

    message.settle(outcome);
    if (outcome === 'failure') channel.error.publish(message);
    channel.asyncStart.publish(message);
    channel.asyncEnd.publish(message);
}
