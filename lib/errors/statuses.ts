import type { ErrorCode } from './executor-error';
import type { ErrorKind } from './kinds';

const TRY_LATER = 'Screwdriver is busy and has not started the build. Start the build again later.';
const PROBLEM = 'Screwdriver has a problem and has not started the build. Start the build again later.';
const TELL = 'Screwdriver refused to start the build. If it happens again, tell the cluster administrators.';

/**
 * What an HTTP status means: the exchange's code, the kind, whether to retry, and the message for the build's owner.
 */
export type StatusRow = [statuses: string, code: ErrorCode, kind: ErrorKind, retryable: boolean, userMessage: string];

/**
 * What each HTTP status means. Rows for single statuses take precedence over rows for a class. `kindOf` and the retries
 * of the exchange use it, and a test compares it with the tables in the documents.
 */
export const STATUSES: readonly StatusRow[] = [
    ['401', 'EXECUTOR_EXCHANGE_UNAUTHENTICATED', 'authentication', false, TELL],
    ['403', 'EXECUTOR_EXCHANGE_FORBIDDEN', 'authentication', false, TELL],
    ['404', 'EXECUTOR_EXCHANGE_NOT_FOUND', 'configuration', false, TELL],
    ['407', 'EXECUTOR_EXCHANGE_REJECTED', 'authentication', false, TELL],
    ['408', 'EXECUTOR_EXCHANGE_TIMEOUT', 'timeout', true, TRY_LATER],
    // The server is busy with the same request, or has already done it.
    ['409, 423', 'EXECUTOR_EXCHANGE_REJECTED', 'engine', false, TELL],
    ['429', 'EXECUTOR_EXCHANGE_RATE_LIMITED', 'capacity', true, TRY_LATER],
    // Only the exchange retries it: a gateway in front of the API may have sent it.
    ['501', 'EXECUTOR_EXCHANGE_SERVER', 'engine', false, PROBLEM],
    ['504', 'EXECUTOR_EXCHANGE_SERVER', 'timeout', true, PROBLEM],
    ['507', 'EXECUTOR_EXCHANGE_SERVER', 'capacity', true, PROBLEM],
    // Errors only for the exchange, which needs a 200. `kindOf` ignores them.
    ['1xx, 2xx', 'EXECUTOR_EXCHANGE_ANSWER', 'engine', false, TELL],
    ['3xx', 'EXECUTOR_EXCHANGE_REDIRECT', 'configuration', false, TELL],
    ['4xx', 'EXECUTOR_EXCHANGE_REJECTED', 'configuration', false, TELL],
    ['5xx', 'EXECUTOR_EXCHANGE_SERVER', 'engine', true, PROBLEM]
];

/** The row of a status from 100 to 599. Any other status counts as 5xx: the server that sends it is faulty. */
export function rowOf(status: number): StatusRow {
    const has = (text: string) => STATUSES.find(([statuses]) => statuses.split(', ').includes(text));

    return has(String(status)) ?? has(`${Math.floor(status / 100)}xx`) ?? has('5xx')!;
}
