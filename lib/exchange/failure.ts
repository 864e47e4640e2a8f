import { isTlsCode, verdictOf } from '../errors/codes';
import { isRetryable, type ErrorKind } from '../errors/kinds';
import { ExecutorError, type ErrorCode } from '../errors/executor-error';
import { masking, withoutSecrets } from '../errors/mask';
import { read } from '../errors/read';
import { rowOf } from '../errors/statuses';
import { TOO_LARGE } from './body';
import type { NoAnswer } from './request';

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
    /** How many requests were made. */
    attempts?: number;
    /** The client's error, or the reason of an abort. Only its name, message and code are kept. */
    error?: unknown;
}

/** The maximum number of characters of an answer that a message quotes. */
const LONGEST_QUOTE = 8_192;

const TRY_AGAIN = 'Screwdriver could not be reached to start the build. Start the build again.';
const TELL = 'Screwdriver refused to start the build. If it happens again, tell the cluster administrators.';

/** The signal was aborted. Its reason may say whether a retry makes sense. */
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

/** The deadline has passed. */
export function tooLate(deadline: number): Failure {
    return {
        code: 'EXECUTOR_EXCHANGE_TIMEOUT',
        kind: 'timeout',
        retryable: true,
        reason: `gave up after ${deadline} ms`,
        userMessage: TRY_AGAIN
    };
}

/** There was no answer, or an incomplete one. */
export function noToken({ error, isMade, isHttp, statusCode }: NoAnswer, apiUri: string): Failure {
    const { code = '' } = error;
    // OpenSSL's messages end in a line break.
    const message = error.message.trim();
    const final = { kind: 'configuration', retryable: false, userMessage: TELL, error } as const;

    if (!isMade) {
        const reason = `${message} (apiUri, agent and ca must fit each other)`;

        return { ...final, code: 'EXECUTOR_EXCHANGE_NETWORK', reason, attempts: 0 };
    }
    if (code === TOO_LARGE) {
        const reason = 'the answer is too large for a token: is apiUri the Screwdriver API?';

        return { ...final, code: 'EXECUTOR_EXCHANGE_ANSWER', kind: 'engine', reason, statusCode: statusCode! };
    }
    if (!isHttp && isTlsCode(code)) {
        return { ...final, code: 'EXECUTOR_EXCHANGE_TLS', reason: `${message}${tlsHint(code, message)}` };
    }
    if (!isHttp && /^HPE_INVALID_(CONSTANT|VERSION)$/.test(code)) {
        return { ...final, code: 'EXECUTOR_EXCHANGE_NETWORK', reason: `${message} ${protocolHint(error)}` };
    }
    const [kind] = verdictOf(code) ?? ['engine'];
    const isTimeout = kind === 'timeout';
    const isClosed = !isHttp && /^(ECONNRESET|EPIPE)$/.test(code);

    return {
        code: isTimeout ? 'EXECUTOR_EXCHANGE_TIMEOUT' : 'EXECUTOR_EXCHANGE_NETWORK',
        // Codes such as EACCES mean a configuration error in a file system, but can be temporary in a network.
        kind: isTimeout || kind === 'capacity' ? kind : 'engine',
        retryable: true,
        reason: isClosed
            ? `${message} (is the API up, and are scheme, host and port of ${new URL(apiUri).origin} right?)`
            : message,
        userMessage: TRY_AGAIN,
        error
    };
}

/** A TLS server answers a client that does not speak TLS with an alert: RFC 8446 5.1. */
function protocolHint({ rawPacket }: NoAnswer['error']): string {
    return rawPacket?.[0] === 0x15 && rawPacket[1] === 3
        ? '(the port speaks TLS: apiUri must begin with https)'
        : '(the server does not speak HTTP: are host and port of apiUri right?)';
}

function tlsHint(code: string, message: string): string {
    if (/wrong version number|packet length too long/.test(message)) {
        return ' (the port does not speak TLS: should apiUri begin with http?)';
    }

    return /SELF_SIGNED|UNABLE_TO_/.test(code) ? ' (pass a private certificate authority as the option ca)' : '';
}

/** There was an answer without a token. */
export function statusFailure(statusCode: number, body: string, retryAfter: string | undefined): Failure {
    const reason = statusCode === 200 ? 'the answer 200 contains no usable token' : body;
    const [, code, kind, retryable, userMessage] = rowOf(statusCode);

    // A 501 may come from a gateway in front of the API.
    return { code, kind, retryable: retryable || statusCode === 501, reason, statusCode, retryAfter, userMessage };
}

/** The error of a failed exchange. It contains no token, neither in its message nor elsewhere. */
export function exchangeError(failure: Failure, token: string): ExecutorError {
    return new ExecutorError(`Failed to exchange build token: ${reasonOf(failure, token)}`, {
        ...failure,
        cause: causeOf(failure, token)
    });
}

/** The reason of a failure, without tokens. */
export function reasonOf({ reason }: Failure, token: string): string {
    return withoutSecrets(reason.length > LONGEST_QUOTE ? `${reason.slice(0, LONGEST_QUOTE)}…` : reason, token);
}

/** The error behind a failure, if there is one. */
export function causeOf({ error }: Failure, token: string): Error | undefined {
    return error instanceof Error ? withoutRequest(error, token) : undefined;
}

/** The client's errors contain the request with its headers. Keeps only what people read. */
function withoutRequest(error: Error, token: string): Error {
    const masked = masking(token);
    const hide = (key: string) => {
        const value = read(error, key);

        return typeof value === 'string' ? masked(value) : undefined;
    };
    const cause = new Error(hide('message'));

    // This function's stack is irrelevant to the failure.
    delete cause.stack;

    return Object.assign(cause, { name: hide('name') ?? 'Error', code: hide('code') });
}
