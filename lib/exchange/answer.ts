import { TOKEN } from '../validation/token';
import { statusFailure, type Failure } from './failure';
import type { reach as Reach } from '@hapi/hoek';
import type { Answer } from './request';

/** Loaded alone: all of hoek takes as long to load as a first exchange. */
export const reach = require('@hapi/hoek/reach') as typeof Reach;

/** An apiUri whose path ends in the API's version. */
const VERSIONED = /\/v4\/*$/i;

/** The token in an answer, or why there is none. */
export function tokenFrom({ statusCode, body, retryAfter }: Answer, apiUri: string): string | Failure {
    const answer = parse(body);
    const token: unknown = statusCode === 200 ? reach(answer as object, 'token') : undefined;

    if (typeof token === 'string' && TOKEN.test(token)) return token;

    const isVersioned = statusCode === 404 && VERSIONED.test(new URL(apiUri).pathname);
    const hint = isVersioned ? ' (apiUri must not contain the version, /v4)' : '';

    return statusFailure(statusCode, `${quote(answer, statusCode)}${hint}`, retryAfter);
}

/** The JSON of a body, or its text if it is not JSON. */
export function parse(body: string): unknown {
    try {
        return JSON.parse(body);
    } catch {
        return body;
    }
}

/** An answer as JSON, with its token masked. */
export function quote(answer: unknown, statusCode: number): string {
    // An empty body alone would say nothing about the answer.
    if (answer === '') return `"" (status ${statusCode})`;
    try {
        return JSON.stringify(answer, (key, value: unknown) => (key === 'token' ? '***' : value));
    } catch {
        // JSON.parse accepts deeper nesting than JSON.stringify.
        return `an answer that is nested too deeply to be quoted (status ${statusCode})`;
    }
}
