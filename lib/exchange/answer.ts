import { TOKEN } from '../validation/token';
import { statusFailure, type Failure } from './failure';
import type { reach as Reach } from '@hapi/hoek';
import type { Answer } from './request';

/** By itself: the whole of hoek takes as long to load as a first exchange. */
export const reach = require('@hapi/hoek/reach') as typeof Reach;

/** The path of an apiUri that ends in the API's version. */
const VERSIONED = /\/v4\/*$/i;

/** The token in an answer, or why there is none. */
export function tokenFrom({ statusCode, body, retryAfter }: Answer, apiUri: string): string | Failure {
    const answer = parse(body);
    const token: unknown = statusCode === 200 ? reach(answer as object, 'token') : undefined;

    if (typeof token === 'string' && TOKEN.test(token)) return token;

    const isVersioned = statusCode === 404 && VERSIONED.test(new URL(apiUri).pathname);
    const hint = isVersioned ? ' (apiUri must not hold the version, /v4)' : '';

    return statusFailure(statusCode, `${quote(answer, statusCode)}${hint}`, retryAfter);
}

/** What a body holds: JSON where it is, otherwise its text. */
export function parse(body: string): unknown {
    try {
        return JSON.parse(body);
    } catch {
        return body;
    }
}

/** An answer without a token that stands in it. */
export function quote(answer: unknown, statusCode: number): string {
    // An empty body says nothing of what was answered.
    if (answer === '') return `"" (status ${statusCode})`;
    try {
        return JSON.stringify(answer, (key, value: unknown) => (key === 'token' ? '***' : value));
    } catch {
        // JSON.parse goes deeper than JSON.stringify.
        return `an answer that is nested too deeply to be quoted (status ${statusCode})`;
    }
}
