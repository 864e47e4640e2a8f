import Hoek = require('@hapi/hoek');
import request = require('screwdriver-request');
import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { networkFailure, noRequest, statusFailure, tooLarge, type Failure } from './failure';

/** What a single request needs. */
export interface TokenRequest {
    url: string;
    /** The credential: the temporal token. */
    token: string;
    minutes: number;
    /** Milliseconds. */
    tryTimeout: number;
    agent?: HttpAgent | HttpsAgent | undefined;
    ca?: string | Buffer | Array<string | Buffer> | undefined;
    /** Ends the request when it aborts. */
    signal: AbortSignal;
}

/** The most of an answer that is read, in bytes after decompression: a token takes about one thousand. */
const LARGEST_ANSWER = 1_048_576;

/** What may stand in a header and in a shell's environment. */
const PRINTABLE = /^[\x21-\x7e]+$/;

/** Asks the API once. Resolves with the token, or with why there is none. */
export async function requestToken({ url, token, minutes, ...options }: TokenRequest): Promise<string | Failure> {
    const { tryTimeout, agent, ca, signal } = options;
    let isMade = false;
    let clientError: unknown;
    let failure: Failure | undefined;

    const pending = request(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        json: { buildTimeout: minutes },
        responseType: 'text',
        // The answer is wanted whatever its status, and the token goes to no other address.
        throwHttpErrors: false,
        followRedirect: false,
        timeout: { request: tryTimeout },
        retry: {
            // The client's own retries end in an uncaught exception where a connection fails on Node 24.20, 26.7 and
            // later (got issue 2469). What it would decide on is the error before the client replaces it.
            calculateDelay: ({ error }) => {
                clientError = error;

                return 0;
            }
        },
        ...(agent && { agent: { http: agent, https: agent as HttpsAgent } }),
        ...(ca && { https: { certificateAuthority: ca } })
    });
    const cancel = () => pending.cancel();

    signal.addEventListener('abort', cancel, { once: true });
    void pending.on('request', () => (isMade = true));
    void pending.on('response', response => {
        let size = 0;

        // Not the client's progress events: they end at the Content-Length, which is the compressed size.
        response.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size <= LARGEST_ANSWER) return;
            failure = tooLarge(response.statusCode);
            cancel();
        });
    });

    const outcome = await pending.then(
        ({ statusCode, headers, body }) => tokenFrom(statusCode, body, headers['retry-after']),
        (error: unknown) => failure ?? (isMade ? networkFailure : noRequest)(clientError ?? error)
    );

    signal.removeEventListener('abort', cancel);

    return outcome;
}

function tokenFrom(statusCode: number, body: string, retryAfter: string | undefined): string | Failure {
    const answer = parse(body);
    const token: unknown = statusCode === 200 ? Hoek.reach(answer as object, 'token') : undefined;

    if (typeof token === 'string' && PRINTABLE.test(token)) return token;
    const quote = JSON.stringify(answer, (key, value: unknown) => (key === 'token' ? '***' : value));
    // An empty body says nothing of what was answered.
    const shown = body === '' ? `${quote} (status ${statusCode})` : quote;

    return statusFailure(statusCode, shown, retryAfter);
}

/** What a body holds: JSON where it is, otherwise its text. */
function parse(body: string): unknown {
    try {
        return JSON.parse(body);
    } catch {
        return body;
    }
}
