/** Waits between requests, in milliseconds. */
const FIRST = 100;
const LONGEST = 5_000;

/** The dates of RFC 9110 5.6.7, current and obsolete, start with a day and contain a time. All are in GMT. */
const DATE = /^[A-Z][a-z]{2,8},? .*\d\d:\d\d:\d\d/;

/**
 * The milliseconds to wait before the next request: 0.1 s, doubled each time up to 5 s, or longer if Retry-After says
 * so. Up to half of it is random, so that executors that failed together do not come back together.
 *
 * @param attempt the number of the request that failed, from 1
 * @param retryAfter the answer's Retry-After header: the minimum wait
 */
export function retryDelay(attempt: number, retryAfter?: unknown): number {
    const backoff = Math.min(FIRST * 2 ** (attempt - 1), LONGEST);

    return Math.max(retryAfterMilliseconds(retryAfter) ?? 0, backoff * (1 - Math.random() / 2));
}

/** Retry-After in milliseconds: RFC 9110 10.2.3 allows whole seconds and a date. Undefined if it is neither. */
export function retryAfterMilliseconds(header: unknown, now = Date.now()): number | undefined {
    const value = typeof header === 'string' ? header.trim() : '';

    if (/^\d+$/.test(value)) return Number(value) * 1000;
    // Without GMT, as in asctime's format, Date.parse assumes local time.
    const date = DATE.test(value) ? Date.parse(value.endsWith('GMT') ? value : `${value} GMT`) : NaN;

    return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
