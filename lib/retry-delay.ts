/** Waits between tries, in milliseconds. */
const FIRST = 100;
const LONGEST = 5_000;

/**
 * The milliseconds to wait before the next try: what Retry-After asks for, otherwise 0.1 s, doubled with each try up
 * to 5 s. Up to half of it is chance, so that executors which failed together do not come back together.
 *
 * @param attempt the number of the try that failed, from 1
 * @param retryAfter the answer's Retry-After header
 */
export function retryDelay(attempt: number, retryAfter?: unknown): number {
    return (
        retryAfterMilliseconds(retryAfter) ?? Math.min(FIRST * 2 ** (attempt - 1), LONGEST) * (1 - Math.random() / 2)
    );
}

/** Retry-After in milliseconds: RFC 9110 10.2.3 allows whole seconds and a date. Undefined where it is neither. */
export function retryAfterMilliseconds(header: unknown, now = Date.now()): number | undefined {
    const value = typeof header === 'string' ? header.trim() : '';

    if (/^\d+$/.test(value)) return Number(value) * 1000;
    // A date names its month: without this, Date.parse takes "-1" and "1.5" for dates.
    const date = /[a-z]{3}/i.test(value) ? Date.parse(value) : NaN;

    return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
