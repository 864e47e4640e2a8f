import Hoek = require('@hapi/hoek');
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
    statusFailure,
    TOO_LARGE,
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
    /** Most requests to make, the first included. Network errors, 408, 429 and 5xx are tried again. @default 5 */
    attempts?: number;
    /** Milliseconds for one request, from the look-up of the name to the end of the answer. @default 20000 */
    tryTimeout?: number;
    /** Milliseconds for all requests and the waits between them. @default 60000 */
    deadline?: number;
    /** Minutes to add to the build's timeout, so that its teardown still has a token. @default 30 */
    bufferMinutes?: number;
    /** Gives up at once when it aborts. */
    signal?: AbortSignal;
    /** The agent for the API's protocol: a proxy's, or one that keeps connections. */
    agent?: HttpAgent | HttpsAgent;
    /** Certificates to trust instead of Node's own, PEM. */
    ca?: string | Buffer | Array<string | Buffer>;
}

/** The most of an answer that is read, in bytes: a token takes about one thousand. */
const LARGEST_ANSWER = 1_048_576;

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
            limit: attempts - 1,
            methods: ['POST'],
            calculateDelay: ({ attemptCount, error }) => {
                lastError = error;
                if (attemptCount >= attempts || !isTransient(error)) return 0;
                const retryAfter: unknown = Hoek.reach(error, 'response.headers.retry-after');
                const delay = retryDelay(attemptCount, retryAfter);

                // 0 would mean: do not try again.
                return performance.now() + delay < end ? Math.max(delay, 1) : 0;
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

    signal?.addEventListener('abort', onAbort, { once: true });
    void pending.on('request', () => (made += 1));
    void pending.on('downloadProgress', ({ transferred }) => {
        if (transferred > LARGEST_ANSWER) stop(TOO_LARGE);
    });

    try {
        const { statusCode, body } = await pending;

        return { statusCode, body, attempts: made };
    } catch (error) {
        // The client's own error holds the request, and with it the token: it goes no further.
        throw exchangeError(stopped ?? networkFailure(lastError ?? error), made, config.token);
    } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
    }
}

function tokenFrom({ statusCode, body, attempts }: Answer, temporalToken: string): string {
    const answer = parse(body);
    const token: unknown = statusCode === 200 ? Hoek.reach(answer as object, 'token') : undefined;

    if (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) return token;

    throw exchangeError(statusFailure(statusCode, JSON.stringify(answer)), attempts, temporalToken);
}

/** What a body holds: JSON where it is, otherwise its text. */
function parse(body: string): unknown {
    try {
        return JSON.parse(body);
    } catch {
        return body;
    }
}
