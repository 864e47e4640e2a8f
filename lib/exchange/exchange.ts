import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { tokenFrom } from './answer';
import { aborted, exchangeError, noToken, tooLate } from './failure';
import { wholeMinutes } from '../build/minutes';
import { retryDelay } from './retry-delay';
import { validate } from '../validation/schema';
import { send } from './request';
import { needsExchange } from './token-scope';
import type { ExchangeConfig } from '../config';
import type { Failure } from './failure';

/** How `exchangeTokenForBuild` asks the API. */
export interface ExchangeOptions {
    /** Most requests to make, the first included. @default as many as fit into the deadline */
    attempts?: number | undefined;
    /** Milliseconds for one request, from the look-up of the name to the end of the answer. @default 20000 */
    tryTimeout?: number | undefined;
    /** Milliseconds for all requests and the waits between them. @default 60000 */
    deadline?: number | undefined;
    /** Minutes to add to the build's timeout, so that its teardown still has a token; rounded up. @default 30 */
    bufferMinutes?: number | undefined;
    /** Gives up at once when it aborts: the request in flight is closed, no other is made. */
    signal?: AbortSignal | undefined;
    /** The agent for the API's protocol: a proxy's, or one with limits of its own. @default Node's global agent */
    agent?: HttpAgent | HttpsAgent | undefined;
    /** Certificates to trust instead of Node's own, PEM: a private certificate authority. */
    ca?: string | Buffer | Array<string | Buffer> | undefined;
}

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
    const minutes = wholeMinutes(buildTimeout, config.token) + Math.ceil(bufferMinutes);

    return tokenInTime(config, minutes, options);
}

/** Asks until there is a token, a failure that no further try can mend, or no time left. */
async function tokenInTime(config: ExchangeConfig, minutes: number, options: ExchangeOptions): Promise<string> {
    const { attempts = Infinity, tryTimeout = 20_000, deadline = 60_000, signal, agent, ca } = options;
    const { token } = config;
    const url = new URL(`${config.apiUri.replace(/\/+$/, '')}/v4/builds/${Number(config.buildId)}/token`);
    const body = { buildTimeout: minutes };
    const end = performance.now() + deadline;
    const stop = new AbortController();
    const onAbort = () => stop.abort(aborted(signal?.reason));
    const timer = setTimeout(() => stop.abort(tooLate(deadline)), deadline);
    let made = 0;
    let failure: Failure | undefined;

    if (signal) {
        // Many exchanges may wait for one signal: that is no leak.
        setMaxListeners(0, signal);
        signal.addEventListener('abort', onAbort, { once: true });
        if (signal.aborted) onAbort();
    }

    try {
        while (!stop.signal.aborted) {
            made += 1;
            const request = { method: 'POST', url, token, body, timeout: tryTimeout, agent, ca } as const;
            const answer = await send({ ...request, signal: stop.signal });

            if ('error' in answer && stop.signal.aborted) break;
            const outcome = 'error' in answer ? noToken(answer, url) : tokenFrom(answer, url);

            if (typeof outcome === 'string') return outcome;
            failure = outcome;
            const delay = retryDelay(made, failure.retryAfter);

            if (!failure.retryable || made >= attempts || performance.now() + delay >= end) {
                throw exchangeError(failure, made, token);
            }
            await wait(delay, undefined, { signal: stop.signal }).catch(() => {});
        }
        const reason = stop.signal.reason as Failure;

        throw exchangeError({ error: failure?.error, ...reason }, made, token);
    } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
    }
}
