import Hoek = require('@hapi/hoek');
import { isRetryable, type ErrorKind } from '../errors/kinds';
import { ExecutorError, type ErrorCode } from '../errors/executor-error';
import { mask } from '../errors/mask';

/** Why an exchange ended without a token. */
export interface Failure {
    code: ErrorCode;
    kind: ErrorKind;
    retryable: boolean;
    /** For operators, after "Failed to exchange build token: ". Masked before it is shown. */
    reason: string;
    /** For the build's owner. */
    userMessage: string;
    statusCode?: number;
    /** The answer's Retry-After header. */
    retryAfter?: string | undefined;
    /** Instead of the count of those made. */
    attempts?: number;
    /** The client's error behind it, or the reason of an abort. Only its name, message and code are kept. */
    error?: unknown;
}

/** The most of an answer that a message quotes, in characters. */
const LONGEST_QUOTE = 8_192;

const TRY_AGAIN = 'Screwdriver could not be reached to start the build. Start the build again.';
const BUSY = 'Screwdriver is busy and has not started the build. Start the build again later.';
const PROBLEM = 'Screwdriver has a problem and has not started the build. Start the build again later.';
const TELL = 'Screwdriver refused to start the build. If it happens again, tell the cluster administrators.';

/** The signal was aborted: whether for good, its reason may say. */
export function aborted(error: unknown): Failure {
    const retryable = isRetryable({ name: 'AbortError', cause: error });

    return {
        code: 'EXECUTOR_EXCHANGE_ABORTED',
        kind: 'cancelled',
        retryable,
        reason: 'the signal was aborted',
        userMessage: `The start of the build was cancelled.${retryable ? ' Start the build again.' : ''}`,
        error
    };
}

/** The answer goes on beyond what a token can need. */
export function tooLarge(statusCode: number): Failure {
    return {
        code: 'EXECUTOR_EXCHANGE_ANSWER',
        kind: 'engine',
        retryable: false,
        reason: 'the answer is too large for a token: is apiUri the Screwdriver API?',
        userMessage: TELL,
        statusCode
    };
}

/** The deadline for all tries has passed. */
export function tooLate(deadline: number): Failure {
    return {
        code: 'EXECUTOR_EXCHANGE_TIMEOUT',
        kind: 'timeout',
        retryable: true,
        reason: `no token within ${deadline} ms`,
        userMessage: TRY_AGAIN
    };
}

/** The client could not even make a request. */
export function noRequest(error: unknown): Failure {
    return {
        code: 'EXECUTOR_EXCHANGE_NETWORK',
        kind: 'configuration',
        retryable: false,
        reason: `${messageOf(error)} (apiUri, agent and ca must fit each other)`,
        userMessage: TELL,
        attempts: 0,
        error
    };
}

/** No answer came back, or not the whole of it. */
export function networkFailure(error: unknown): Failure {
    const reason = messageOf(error);

    if (isTlsError(error)) {
        return {
            code: 'EXECUTOR_EXCHANGE_TLS',
            kind: 'configuration',
            retryable: false,
            reason: `${reason} (a private certificate authority is passed as the option ca)`,
            userMessage: TELL,
            error
        };
    }
    const isTimeout = Hoek.reach(error as object, 'name') === 'TimeoutError';

    return {
        code: isTimeout ? 'EXECUTOR_EXCHANGE_TIMEOUT' : 'EXECUTOR_EXCHANGE_NETWORK',
        kind: isTimeout ? 'timeout' : 'engine',
        retryable: true,
        reason,
        userMessage: TRY_AGAIN,
        error
    };
}

/** An answer came back, without a token in it. */
export function statusFailure(statusCode: number, body: string, retryAfter: string | undefined): Failure {
    const reason = statusCode === 200 ? 'the answer 200 holds no usable token' : body;
    const isBusy = statusCode === 408 || statusCode === 429;
    const retryable = isBusy || statusCode >= 500;
    const again = isBusy ? BUSY : PROBLEM;

    return {
        ...classify(statusCode),
        retryable,
        reason,
        statusCode,
        retryAfter,
        userMessage: retryable ? again : TELL
    };
}

function classify(statusCode: number): { code: ErrorCode; kind: ErrorKind } {
    switch (statusCode) {
        case 401:
            return { code: 'EXECUTOR_EXCHANGE_UNAUTHENTICATED', kind: 'authentication' };
        case 403:
            return { code: 'EXECUTOR_EXCHANGE_FORBIDDEN', kind: 'authentication' };
        case 404:
            return { code: 'EXECUTOR_EXCHANGE_NOT_FOUND', kind: 'configuration' };
        case 408:
            return { code: 'EXECUTOR_EXCHANGE_TIMEOUT', kind: 'timeout' };
        case 429:
            return { code: 'EXECUTOR_EXCHANGE_RATE_LIMITED', kind: 'capacity' };
        default:
    }
    if (statusCode >= 500) return { code: 'EXECUTOR_EXCHANGE_SERVER', kind: 'engine' };
    if (statusCode >= 400) return { code: 'EXECUTOR_EXCHANGE_REJECTED', kind: 'configuration' };
    if (statusCode >= 300) return { code: 'EXECUTOR_EXCHANGE_REDIRECT', kind: 'configuration' };

    return { code: 'EXECUTOR_EXCHANGE_ANSWER', kind: 'engine' };
}

/** Certificates, and peers that do not speak TLS at all (EPROTO). */
function isTlsError(error: unknown): boolean {
    return /CERT|TLS|SSL|EPROTO|UNABLE_TO_/.test(String(Hoek.reach(error as object, 'code')));
}

function messageOf(error: unknown): string {
    return String(Hoek.reach(error as object, 'message'));
}

/** The error of a failed exchange: no token in its message, nor in anything that it holds. */
export function exchangeError(failure: Failure, attempts: number, token: string): ExecutorError {
    const { error, reason } = failure;
    const quote = reason.length > LONGEST_QUOTE ? `${reason.slice(0, LONGEST_QUOTE)}…` : reason;

    return new ExecutorError(`Failed to exchange build token: ${mask(quote, token)}`, {
        attempts,
        ...failure,
        cause: error instanceof Error ? withoutRequest(error, token) : undefined
    });
}

/** The client's errors hold the request, headers and all: what is kept is what a person reads. */
function withoutRequest(error: Error & { code?: unknown }, token: string): Error {
    const cause = new Error(mask(error.message, token));

    cause.name = error.name;
    // The stack of this function says nothing about the failure.
    delete cause.stack;

    return Object.assign(cause, { code: error.code });
}
