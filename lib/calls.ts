import { callbackify } from 'node:util';
import { buildIdFrom } from './build/build-id';
import { DEFAULT_BUILD_TIMEOUT } from './build/minutes';
import { read } from './errors/read';
import { publishUnheard, traced, type TracedOperation } from './observability/diagnostics';
import { OperationContext } from './operations/context';
import { InFlight } from './operations/in-flight';
import { Call, type Tries } from './operations/call';
import { Turns } from './operations/turns';
import { validate, type ValidatedOperation } from './validation/schema';
import type { BuildId, ExchangeConfig } from './config';
import type Executor = require('./executor');

// What happens between a public method and its hook.

/** Called once after the promise has settled, in `process.nextTick`. */
export type Callback<Result = unknown> = (error: Error | null, result?: Result) => void;

type Hook = (context: OperationContext) => unknown;

/** Whether the executor's class has `callsInTurn`. */
export function isInTurn(executor: object): boolean {
    return read(read(executor, 'constructor'), 'callsInTurn') === true;
}

/** An operation: traced, and in progress until its hook has settled. */
export function perform(
    executor: object,
    name: TracedOperation,
    config: unknown,
    callback: unknown,
    hook: (context: OperationContext, tries: Tries) => unknown
): Promise<any> {
    return operate(executor, name, config, callback, operation =>
        operation.run(() => hook(new OperationContext(operation), operation))
    );
}

/** An operation that validates its config. Its hook never runs before the public method has returned. */
export function validated(
    executor: object,
    name: ValidatedOperation,
    config: ExchangeConfig | { buildId: BuildId },
    callback: unknown,
    hook: Hook
): Promise<any> {
    return operate(executor, name, config, callback, operation => {
        validate(name, config);
        InFlight.of(executor).hold(operation, config);
        if (isInTurn(executor)) return inTurn(executor, name, operation, config, hook);
        const context = new OperationContext(operation);

        return operation.run(later(() => hook(context)));
    });
}

function inTurn(
    executor: object,
    name: ValidatedOperation,
    operation: Call,
    config: { buildId: BuildId },
    hook: Hook
): Promise<unknown> {
    const turns = Turns.of(executor);
    const id = buildIdFrom(config);
    const contextOf = (of: Call) => new OperationContext(of, () => turns.isStarting(id));
    const work = () => hook(contextOf(operation));

    switch (name) {
        case 'start':
            return turns.start(id, operation, work);
        case 'stop':
            return turns.stop(id, operation, work, () => {
                // Nobody waits for this call. The diagnostics report its failure.
                operate(executor, name, config, undefined, again => {
                    InFlight.of(executor).hold(again, config);

                    return turns.stopAgain(id, again, () => hook(contextOf(again)));
                }).catch(() => {});
            });
        case 'verify':
            return verifyInTurn(turns, id, () => operation.run(later(work)));
        default:
            return operation.run(later(work));
    }
}

/** A build that is being stopped has not failed, whatever is left of it: a non-empty string would make it a FAILURE. */
async function verifyInTurn(turns: Turns, id: string, verify: () => Promise<unknown>): Promise<unknown> {
    const wasEnding = turns.isEnding(id);
    const text = await verify();

    return wasEnding || turns.isEnding(id) ? '' : text;
}

function later(work: () => unknown): () => Promise<unknown> {
    return async () => {
        await Promise.resolve();

        return work();
    };
}

function operate(
    executor: object,
    name: TracedOperation,
    config: unknown,
    callback: unknown,
    work: (operation: Call) => unknown
): Promise<any> {
    const promise = traced(executor, name, config, async message => {
        const operation = new Call(name, (of, error) => handleUnheard(executor, of, config, error));
        const inFlight = InFlight.of(executor);

        inFlight.enter(operation);
        try {
            return await work(operation);
        } finally {
            inFlight.settled(operation);
            if (message) copyTries(message, operation);
        }
    });

    return settle(promise, callback);
}

function copyTries(message: Tries, { attempts, waited }: Tries): void {
    if (attempts !== undefined) message.attempts = attempts;
    if (waited !== undefined) message.waited = waited;
}

/**
 * Handles the failure of work that continues after its operation, of which no caller hears. If the work belongs to a
 * start, the failure is reported to the API, unless the start was aborted.
 */
function handleUnheard(executor: object, operation: Call, config: unknown, error: unknown): void {
    const { name, hook, held, isAborted, isReported } = operation;

    publishUnheard(executor, config, error);
    if (name !== 'start' || hook !== 'resolved' || !held || isAborted || isReported) return;
    const { token, apiUri, buildId, connection } = held;

    operation.isReported = true;
    (executor as Executor)
        .reportFailure({ token, apiUri, buildId }, reasonFor(error), connection)
        .catch((failure: Error) => {
            process.emitWarning(`Build ${buildIdFrom(held)} has not come up. ${failure.message}`, 'ExecutorWarning');
        });
}

/** The reason for the build's owner, from the error's `userMessage` if it has one. */
function reasonFor(error: unknown): string {
    const words = [read(error, 'userMessage'), read(error, 'message')];

    return (
        words.find((text): text is string => typeof text === 'string' && text !== '') ?? 'The build has not come up.'
    );
}

/** Calls the callback, if there is one. A promise that nobody looks at then causes no unhandled rejection. */
export function settle(promise: Promise<any>, callback: unknown): Promise<any> {
    if (typeof callback === 'function') callbackify(() => promise)(callback as Callback);

    return promise;
}

/** The arguments of `exchangeTokenForBuild`: a callback may take the place of each optional one. */
export function exchangeArguments<Minutes, Options>(
    buildTimeout: Minutes | Callback<string> | undefined,
    options: Options | Callback<string> | undefined,
    callback: unknown
): { minutes: Minutes | number; asked: Options | undefined; done: unknown } {
    return {
        minutes: isCallback(buildTimeout) || buildTimeout === undefined ? DEFAULT_BUILD_TIMEOUT : buildTimeout,
        asked: isCallback(options) ? undefined : options,
        done: isCallback(buildTimeout) ? buildTimeout : isCallback(options) ? options : callback
    };
}

function isCallback(given: unknown): given is Callback<string> {
    return typeof given === 'function';
}
