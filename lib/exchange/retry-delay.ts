/** Waits between tries, in milliseconds. */
const FIRST = 100;
const LONGEST = 5_000;

/** The dates of RFC 9110 5.6.7, current and obsolete, start with a day and hold a time. All are in GMT. */
const DATE = /^[A-Z][a-z]{2,8},? .*\d\d:\d\d:\d\d/;

/**
 * The milliseconds to wait before the next try: 0.1 s, doubled with each try up to 5 s, or longer where Retry-After
 * asks for it. Up to half of it is chance, so that executors which failed together do not come back together.
 *
 * @param attempt the number of the try that failed, from 1
 * @param retryAfter the answer's Retry-After header: the least to wait
 */
export function retryDelay(attempt: number, retryAfter?: unknown): number {
    const backoff = Math.min(FIRST * 2 ** (attempt - 1), LONGEST);

    return Math.max(retryAfterMilliseconds(retryAfter) ?? 0, backoff * (1 - Math.random() / 2));
}

/** Retry-After in milliseconds: RFC 9110 10.2.3 allows whole seconds and a date. Undefined where it is neither. */
export function retryAfterMilliseconds(header: unknown, now = Date.now()): number | undefined {
    const value = typeof header === 'string' ? header.trim() : '';

    if (/^\d+$/.test(value)) return Number(value) * 1000;
    // Without GMT, as in asctime's format, Date.parse takes the time for local.
    const date = DATE.test(value) ? Date.parse(value.endsWith('GMT') ? value : `${value} GMT`) : NaN;

    return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
