import Hoek = require('@hapi/hoek');
import { ExecutorError, type ErrorCode, type ErrorKind } from './errors';
import { mask } from './mask';

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
    /** The client's error behind it. Only its message and code are kept. */
    error?: unknown;
}

/** The most of an answer that a message quotes, in characters. */
const LONGEST_QUOTE = 8_192;

const TRY_AGAIN = 'Screwdriver could not be reached to start the build. Start the build again.';
const TELL = 'Screwdriver refused to start the build. If it happens again, tell the cluster administrators.';

export const ABORTED: Failure = {
    code: 'EXECUTOR_EXCHANGE_ABORTED',
    kind: 'cancelled',
    retryable: false,
    reason: 'the signal was aborted',
    userMessage: 'The start of the build was cancelled.'
};

export const TOO_LARGE: Failure = {
    code: 'EXECUTOR_EXCHANGE_ANSWER',
    kind: 'engine',
    retryable: false,
    reason: 'the answer is too large for a token: is apiUri the Screwdriver API?',
    userMessage: TELL
};

/** The deadline for all tries has passed. */
export function tooLate(deadline: number, error: unknown): Failure {
    return {
        code: 'EXECUTOR_EXCHANGE_TIMEOUT',
        kind: 'timeout',
        retryable: true,
        reason: `no token within ${deadline} ms`,
        userMessage: TRY_AGAIN,
        error
    };
}

/** No answer came back. */
export function networkFailure(error: unknown): Failure {
    const reason = String(Hoek.reach(error as object, 'message'));

    if (isCertificateError(error)) {
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
export function statusFailure(statusCode: number, body: string): Failure {
    // Not the body of a success: it may hold a token that has never been seen here.
    const reason = statusCode === 200 ? 'the answer 200 holds no usable token' : body;
    const retryable = isTransientStatus(statusCode);

    return { ...classify(statusCode), retryable, reason, statusCode, userMessage: retryable ? TRY_AGAIN : TELL };
}

function classify(statusCode: number): { code: ErrorCode; kind: ErrorKind } {
    switch (statusCode) {
        case 200:
            return { code: 'EXECUTOR_EXCHANGE_ANSWER', kind: 'engine' };
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
    if (statusCode >= 300 && statusCode < 400) return { code: 'EXECUTOR_EXCHANGE_REDIRECT', kind: 'configuration' };

    return { code: 'EXECUTOR_EXCHANGE_REJECTED', kind: 'configuration' };
}

function isTransientStatus(statusCode: number): boolean {
    return statusCode === 408 || statusCode === 429 || statusCode >= 500;
}

/** Whether the client's error may go away by itself: no answer, 408, 429, 5xx. */
export function isTransient(error: unknown): boolean {
    const statusCode: unknown = Hoek.reach(error as object, 'response.statusCode');

    return typeof statusCode === 'number' ? isTransientStatus(statusCode) : !isCertificateError(error);
}

function isCertificateError(error: unknown): boolean {
    return /CERT|TLS|SSL|UNABLE_TO_/.test(String(Hoek.reach(error as object, 'code')));
}

/** The error of a failed exchange: no token in its message, nor in anything that it holds. */
export function exchangeError(failure: Failure, attempts: number, token: string): ExecutorError {
    const { error, ...classification } = failure;
    // Masked first: a cut through a token would leave a part too short to be seen as one.
    const reason = mask(failure.reason, token);
    const quote = reason.length > LONGEST_QUOTE ? `${reason.slice(0, LONGEST_QUOTE)}…` : reason;

    return new ExecutorError(`Failed to exchange build token: ${quote}`, {
        ...classification,
        attempts,
        cause: error instanceof Error ? withoutRequest(error, token) : undefined
    });
}

/** The client's errors hold the request, headers and all: what is kept is what a person reads. */
function withoutRequest(error: Error & { code?: unknown }, token: string): Error {
    const cause = new Error(mask(error.message, token));

    cause.name = error.name;
    // The stack of this function says nothing about the failure.
    delete cause.stack;

    return error.code === undefined ? cause : Object.assign(cause, { code: error.code });
}
