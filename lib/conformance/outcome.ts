import { inspect, types } from 'node:util';
import { withoutSecrets } from '../executor';

/** Maximum length of a value that a report quotes. */
const LONGEST = 400;

/** How a call ended. */
export type Outcome = { resolved: true; value: unknown } | { resolved: false; error: unknown };

/** The outcome of the work, however long it takes. A synchronous throw counts as a rejection. */
export function outcomeOf(work: () => unknown): Promise<Outcome> {
    return new Promise<unknown>(resolve => {
        resolve(work());
    }).then(
        (value): Outcome => ({ resolved: true, value }),
        (error: unknown): Outcome => ({ resolved: false, error })
    );
}

/** The outcome; undefined if there is none within `limit` milliseconds. */
export async function within(limit: number, outcome: Promise<Outcome>): Promise<Outcome | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const hang = new Promise<undefined>(resolve => {
        timer = setTimeout(resolve, limit, undefined);
    });

    try {
        return await Promise.race([outcome, hang]);
    } finally {
        clearTimeout(timer);
    }
}

/** Errors of another realm count: runners such as jest give each test file its own globals. */
export function isError(value: unknown): value is Error {
    return value instanceof Error || types.isNativeError(value);
}

/** An outcome in words, without tokens. */
export function words(outcome: Outcome): string {
    return outcome.resolved ? `resolved ${shown(outcome.value)}` : `rejected with ${shown(outcome.error)}`;
}

/** A value on one line, without tokens, cut if it is long. */
export function shown(value: unknown): string {
    const text = isError(value)
        ? `${value.name}: ${value.message}`
        : inspect(value, { depth: 2, breakLength: Infinity, maxArrayLength: 10, maxStringLength: 200 });
    const line = withoutSecrets(text).replace(/\s+/g, ' ');

    return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line;
}

/** Makes answers comparable that may contain times and ids. */
export function withoutNumbers(text: string): string {
    return text.replace(/\d+/g, '#');
}

/** Everything that somebody who prints a value may see. */
export function everythingIn(value: unknown): string {
    const inspected = inspect(value, {
        depth: Infinity,
        showHidden: true,
        maxArrayLength: Infinity,
        maxStringLength: Infinity
    });
    let json = '';

    try {
        json = JSON.stringify(value) ?? '';
    } catch {
        // A value that JSON cannot represent cannot leak through JSON.
    }

    return `${String(isError(value) ? value.stack : value)}\n${inspected}\n${json}`;
}

/** Whether a text shows the token, a part of it, or anything that looks like a JWT. */
export function showsToken(text: string, token: string): boolean {
    return withoutSecrets(text, token) !== text;
}
