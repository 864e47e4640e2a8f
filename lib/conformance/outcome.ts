import { AssertionError } from 'node:assert';
import { inspect, types } from 'node:util';
import { withoutSecrets } from '../executor';

/** How a call ended. */
export type Outcome = { resolved: true; value: unknown } | { resolved: false; error: unknown };

/** What a check has seen. */
export interface Violation extends AssertionError {
    /** What to change, where that is something else than what the rule is about. */
    fix?: string;
}

/** Says what a check has seen; the check adds which rule it breaks, and what to change unless that is said here. */
export function violation(happened: string, fix?: string): Violation {
    const error = new AssertionError({ message: happened, stackStartFn: violation });

    return Object.assign(error, fix !== undefined && { fix });
}

/** How the work ends. A hang is a violation: nothing waits longer than `limit` milliseconds. */
export async function outcomeOf(what: string, limit: number, work: () => unknown): Promise<Outcome> {
    let timer: NodeJS.Timeout | undefined;
    const hang = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(violation(`${what} has not settled within ${limit} ms`)), limit);
    });
    const call = new Promise<unknown>(resolve => {
        resolve(work());
    }).then(
        (value): Outcome => ({ resolved: true, value }),
        (error: unknown): Outcome => ({ resolved: false, error })
    );

    try {
        return await Promise.race([call, hang]);
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

export function shown(value: unknown): string {
    const text = isError(value) ? `${value.name}: ${value.message}` : inspect(value, { depth: 2 });

    return withoutSecrets(text);
}

/** For a comparison of answers that may hold times and ids. */
export function withoutNumbers(text: string): string {
    return text.replace(/\d+/g, '#');
}

/** Everything that somebody who prints a value may see of it. */
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
        // What cannot be put into JSON cannot leak through it.
    }

    return `${String(isError(value) ? value.stack : value)}\n${inspected}\n${json}`;
}

/** Whether a text shows the token, a part of it, or anything that looks like a JWT. */
export function showsToken(text: string, token: string): boolean {
    return withoutSecrets(text, token) !== text;
}
