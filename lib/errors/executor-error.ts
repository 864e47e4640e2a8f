import { ERROR_KINDS, isRetryable, kindOf, type ErrorKind } from './kinds';
import { read } from './read';

/** The codes of the base's own errors. Errors of an executor have their own codes. */
export const ERROR_CODES = [
    'EXECUTOR_NOT_IMPLEMENTED',
    'EXECUTOR_BUILD_TIMEOUT',
    'EXECUTOR_LIMITS',
    'EXECUTOR_ANNOTATION',
    'EXECUTOR_TOKEN_SCOPE',
    'EXECUTOR_TOKEN_UNKNOWN',
    'EXECUTOR_EXCHANGE_NETWORK',
    'EXECUTOR_EXCHANGE_TLS',
    'EXECUTOR_EXCHANGE_TIMEOUT',
    'EXECUTOR_EXCHANGE_ABORTED',
    'EXECUTOR_EXCHANGE_UNAUTHENTICATED',
    'EXECUTOR_EXCHANGE_FORBIDDEN',
    'EXECUTOR_EXCHANGE_NOT_FOUND',
    'EXECUTOR_EXCHANGE_RATE_LIMITED',
    'EXECUTOR_EXCHANGE_REJECTED',
    'EXECUTOR_EXCHANGE_REDIRECT',
    'EXECUTOR_EXCHANGE_SERVER',
    'EXECUTOR_EXCHANGE_ANSWER',
    'EXECUTOR_REPORT',
    'EXECUTOR_STOPPED',
    'EXECUTOR_STOPPING',
    'EXECUTOR_SHUTDOWN',
    'EXECUTOR_SHUTDOWN_TIMEOUT'
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface ExecutorErrorOptions {
    /** Stable, for programs. The base's own codes start with `EXECUTOR_`. @default 'EXECUTOR_ERROR' */
    code?: string | undefined;
    /** @default 'internal' */
    kind?: ErrorKind | undefined;
    /** Whether the same call may succeed later. @default false */
    retryable?: boolean | undefined;
    /** The HTTP status behind the error, if there was one. */
    statusCode?: number | undefined;
    /** How many requests were made. */
    attempts?: number | undefined;
    /** What the build's owner may read: no host names, no credentials, what to do next. */
    userMessage?: string | undefined;
    /** The error behind this one. */
    cause?: unknown;
}

/** The result of {@link ExecutorError.toJSON}: the classification of an error, without its stack. */
export interface ExecutorErrorJSON {
    name: 'ExecutorError';
    /** For cluster administrators: `'The engine cannot be reached'`. */
    message: string;
    /** For programs: `'EXECUTOR_EXCHANGE_NETWORK'`. */
    code: string;
    /** What has failed: `'engine'`. */
    kind: ErrorKind;
    /** Whether the same call may succeed later: `true`. */
    retryable: boolean;
    /** The HTTP status behind it: `503`. Absent if there was none. */
    statusCode?: number;
    /** How many requests were made: `7`. */
    attempts?: number;
    /** For the build's owner: `'The build could not be started. Start it again.'`. */
    userMessage?: string;
    /** The error behind it: `{ name: 'Error', message: 'connect ECONNREFUSED 127.0.0.1:80', code: 'ECONNREFUSED' }`. */
    cause?: { name: string; message: string; code?: string };
}

/**
 * An error to act on: `code` for programs, `kind` and `retryable` for decisions, `userMessage` for the build's owner.
 * Match `error.code`, not `instanceof`: a dependency tree can contain several copies of this package.
 */
export class ExecutorError extends Error {
    /** `'ExecutorError'`. */
    declare name: string;
    /** For cluster administrators: `'The engine cannot be reached: check that it runs'`. */
    declare message: string;
    /** Stable, for programs: `'EXECUTOR_EXCHANGE_NETWORK'`. Match it, not the message. */
    readonly code: string;
    /** What has failed: `'engine'`. */
    readonly kind: ErrorKind;
    /** Whether the same call may succeed later: `true`. */
    readonly retryable: boolean;
    /** The HTTP status behind the error: `503`. Undefined if there was none. */
    declare readonly statusCode?: number;
    /** How many requests were made: `7`. Set by the token exchange and by the report of a failure. */
    declare readonly attempts?: number;
    /** What the build's owner may read: `'The build could not be started. Start it again.'`. */
    declare readonly userMessage?: string;
    /** The error behind this one, such as an Error with the code `'ECONNREFUSED'`. */
    declare cause?: unknown;

    /**
     * `new ExecutorError('The engine cannot be reached', { code: 'MYENGINE_DOWN', kind: 'engine', retryable: true })`.
     *
     * @throws TypeError for a kind that does not exist
     */
    constructor(message: string, options: ExecutorErrorOptions = {}) {
        super(message, options.cause === undefined ? undefined : { cause: options.cause });
        this.code = options.code ?? 'EXECUTOR_ERROR';
        this.kind = existing(options.kind ?? 'internal');
        this.retryable = options.retryable ?? false;
        if (options.statusCode !== undefined) this.statusCode = options.statusCode;
        if (options.attempts !== undefined) this.attempts = options.attempts;
        if (options.userMessage !== undefined) this.userMessage = options.userMessage;
    }

    /**
     * The error that {@link ExecutorError.toJSON} described, such as after a message from a worker thread. For the JSON
     * of any other error, `kindOf` and `isRetryable` give kind and retryable. Never throws: a value that is missing or
     * has the wrong type gets its default, and unknown keys are dropped.
     */
    static fromJSON(json: unknown): ExecutorError {
        const text = (key: string) => textOf(json, key);
        const cause = read(json, 'cause');

        return new ExecutorError(text('message') ?? 'Unknown error', {
            code: text('code'),
            kind: kindOf(json),
            retryable: isRetryable(json),
            statusCode: integerOf(json, 'statusCode'),
            attempts: integerOf(json, 'attempts'),
            userMessage: text('userMessage'),
            cause: typeof cause === 'object' && cause !== null ? causeFrom(cause) : undefined
        });
    }

    /** The classification as plain data, so that it survives a process or thread boundary. */
    toJSON(): ExecutorErrorJSON {
        const { name, message, code, kind, retryable, statusCode, attempts, userMessage, cause } = this;

        return {
            name: name as 'ExecutorError',
            message,
            code,
            kind,
            retryable,
            ...(statusCode !== undefined && { statusCode }),
            ...(attempts !== undefined && { attempts }),
            ...(userMessage !== undefined && { userMessage }),
            ...(cause instanceof Error && { cause: describeCause(cause) })
        };
    }
}

// On the prototype, as for Node's own errors, so that `util.inspect` does not list it among the properties.
Object.defineProperty(ExecutorError.prototype, 'name', { value: 'ExecutorError', configurable: true, writable: true });

/** JavaScript callers can pass anything, and code that switches on the kind would have no case for it. */
function existing(kind: ErrorKind): ErrorKind {
    if (ERROR_KINDS.includes(kind)) return kind;

    throw new TypeError(`The kind of an ExecutorError must be one of ${ERROR_KINDS.join(', ')}`);
}

function describeCause(cause: Error & { code?: unknown }): { name: string; message: string; code?: string } {
    return {
        name: cause.name,
        message: cause.message,
        ...(typeof cause.code === 'string' && { code: cause.code })
    };
}

/** Copies only the known properties: others could change the prototype. */
function causeFrom(json: object): Error {
    const error = new Error(textOf(json, 'message') ?? 'Unknown error');
    const [name, code] = [textOf(json, 'name'), textOf(json, 'code')];

    return Object.assign(error, name !== undefined && { name }, code !== undefined && { code });
}

function textOf(json: unknown, key: string): string | undefined {
    const value = read(json, key);

    return typeof value === 'string' ? value : undefined;
}

function integerOf(json: unknown, key: string): number | undefined {
    const value = read(json, key);

    return Number.isInteger(value) ? (value as number) : undefined;
}

/**
 * The rejection of a hook that is not overridden. Name and message are exactly those of earlier versions: the API's
 * fallback depends on the text.
 */
export function notImplemented(): Error & { code: 'EXECUTOR_NOT_IMPLEMENTED' } {
    return Object.assign(new Error('Not implemented'), { code: 'EXECUTOR_NOT_IMPLEMENTED' } as const);
}

/** @param holders how many calls in progress hold the token, each for a different build or API */
export function tokenUnknown(holders: number): ExecutorError {
    const whose = holders > 1 ? 'several builds or APIs' : 'no call';

    return new ExecutorError(
        `exchangeTokenForBuild was given a token that belongs to ${whose} in progress on this executor: ` +
            'pass the config, exchangeTokenForBuild(config, buildTimeout)',
        { code: 'EXECUTOR_TOKEN_UNKNOWN' }
    );
}
