import Hoek = require('@hapi/hoek');
import { setMaxListeners } from 'node:events';
import request = require('screwdriver-request');
import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { positiveNumber } from './annotations';
import { ExecutorError } from './errors';
import {
    ABORTED,
    exchangeError,
    isTransient,
    networkFailure,
    noRequest,
    statusFailure,
    tooLarge,
    tooLate
} from './exchange-failure';
import { mask } from './mask';
import { retryDelay } from './retry-delay';
import { validate } from './schema';
import { needsExchange } from './token-scope';
import type { ExchangeConfig } from './config';
import type { Failure } from './exchange-failure';

/** How `exchangeTokenForBuild` asks the API. */
export interface ExchangeOptions {
    /** Most requests to make, the first included: network errors, 408, 429 and 5xx are tried again. @default 5 */
    attempts?: number;
    /** Milliseconds for one request, from the look-up of the name to the end of the answer. @default 20000 */
    tryTimeout?: number;
    /** Milliseconds for all requests and the waits between them. @default 60000 */
    deadline?: number;
    /** Minutes to add to the build's timeout, so that its teardown still has a token; rounded up. @default 30 */
    bufferMinutes?: number;
    /** Gives up at once when it aborts: the request in flight is closed, no other is made. */
    signal?: AbortSignal;
    /** The agent for the API's protocol: a proxy's, or one with limits of its own. @default Node's global agent */
    agent?: HttpAgent | HttpsAgent;
    /** Certificates to trust instead of Node's own, PEM: a private certificate authority. */
    ca?: string | Buffer | Array<string | Buffer>;
}

/** The most of an answer that is read, in bytes after decompression: a token takes about one thousand. */
const LARGEST_ANSWER = 1_048_576;

/** What may stand in a header and in a shell's environment. */
const PRINTABLE = /^[\x21-\x7e]+$/;

/** See `Executor#exchangeTokenForBuild`. */
export async function exchangeToken(
    config: ExchangeConfig,
    buildTimeout: number | string,
    options: ExchangeOptions = {}
): Promise<string> {
    validate('exchange', config);
    validate('exchangeOptions', options);
    if (!needsExchange(config.token)) return config.token;

    const { bufferMinutes = 30 } = options;
    const minutes = Math.ceil(minutesFrom(buildTimeout, config.token)) + Math.ceil(bufferMinutes);

    return tokenFrom(await post(config, minutes, options), config.token);
}

function minutesFrom(buildTimeout: unknown, token: string): number {
    const minutes = positiveNumber(buildTimeout);

    if (minutes !== undefined) return minutes;
    // Not the content of an object: it may hold anything.
    const shown = Object(buildTimeout) === buildTimeout ? Object.prototype.toString.call(buildTimeout) : buildTimeout;

    throw new ExecutorError(`Invalid buildTimeout value: ${mask(String(shown), token)}`, {
        code: 'EXECUTOR_BUILD_TIMEOUT',
        kind: 'configuration',
        userMessage: 'The timeout of the build must be a number of minutes above zero.'
    });
}

interface Answer {
    statusCode: number;
    body: string;
    attempts: number;
}

/** Posts until there is a final answer. */
async function post(config: ExchangeConfig, minutes: number, options: ExchangeOptions): Promise<Answer> {
    const { attempts = 5, tryTimeout = 20_000, deadline = 60_000, signal, agent, ca } = options;
    const url = `${config.apiUri.replace(/\/+$/, '')}/v4/builds/${Number(config.buildId)}/token`;
    const end = performance.now() + deadline;
    let made = 0;
    let lastError: unknown;
    let stopped: Failure | undefined;

    if (signal?.aborted) throw exchangeError(ABORTED, made, config.token);

    const pending = request(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${config.token}` },
        json: { buildTimeout: minutes },
        responseType: 'text',
        // The answer is wanted whatever its status, and the token goes to no other address.
        throwHttpErrors: false,
        followRedirect: false,
        timeout: { request: tryTimeout },
        retry: {
            // Decides alone; 0 means not to try again.
            calculateDelay: ({ attemptCount, error }) => {
                lastError = error;
                // What kept the client from making a request keeps it the next time.
                if (made < attemptCount || attemptCount >= attempts || !isTransient(error)) return 0;
                const delay = retryDelay(attemptCount, Hoek.reach(error, 'response.headers.retry-after'));

                return performance.now() + delay < end ? delay : 0;
            }
        },
        ...(agent && { agent: { http: agent, https: agent as HttpsAgent } }),
        ...(ca && { https: { certificateAuthority: ca } })
    });
    const stop = (failure: Failure) => {
        stopped ??= failure;
        pending.cancel();
    };
    const onAbort = () => stop(ABORTED);
    const timer = setTimeout(() => stop(tooLate(deadline, lastError)), deadline);

    if (signal) {
        // Many exchanges may wait for one signal: that is no leak.
        setMaxListeners(0, signal);
        signal.addEventListener('abort', onAbort, { once: true });
    }
    void pending.on('request', () => (made += 1));
    void pending.on('response', response => {
        let size = 0;

        // Not the client's progress events: they end at the Content-Length, which is the compressed size.
        response.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > LARGEST_ANSWER) stop(tooLarge(response.statusCode));
        });
    });

    try {
        const { statusCode, body } = await pending;

        return { statusCode, body, attempts: made };
    } catch (error) {
        // The client's own error holds the request, and with it the token: it goes no further.
        const failure = made === 0 ? noRequest : networkFailure;

        throw exchangeError(stopped ?? failure(lastError ?? error), made, config.token);
    } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
    }
}

function tokenFrom({ statusCode, body, attempts }: Answer, temporalToken: string): string {
    const answer = parse(body);
    const token: unknown = statusCode === 200 ? Hoek.reach(answer as object, 'token') : undefined;

    if (typeof token === 'string' && PRINTABLE.test(token)) return token;
    const shown = JSON.stringify(answer, (key, value: unknown) => (key === 'token' ? '***' : value));

    throw exchangeError(statusFailure(statusCode, shown), attempts, temporalToken);
}

/** What a body holds: JSON where it is, otherwise its text. */
function parse(body: string): unknown {
    try {
        return JSON.parse(body);
    } catch {
        return body;
    }
}
