import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { tokenFrom } from './answer';
import { exchangeError } from './failure';
import { wholeMinutes } from '../build/minutes';
import { persist } from './persist';
import { buildPath } from './request';
import { validate } from '../validation/schema';
import { needsExchange } from './token-scope';
import type { ExchangeConfig } from '../config';
import type { Tries } from '../operations/call';

/** Options of `exchangeTokenForBuild`. */
export interface ExchangeOptions {
    /** Maximum number of requests, including the first. @default as many as fit into the deadline */
    attempts?: number | undefined;
    /** Milliseconds for one request, from the DNS lookup to the end of the answer. @default 20000 */
    tryTimeout?: number | undefined;
    /** Milliseconds for all requests and the waits between them. @default 60000 */
    deadline?: number | undefined;
    /** Minutes to add to the build's timeout, so that its teardown still has a token. Rounded up. @default 30 */
    bufferMinutes?: number | undefined;
    /** Gives up as soon as it aborts: closes the current request and makes no other. */
    signal?: AbortSignal | undefined;
    /** An agent for the API's protocol, such as for a proxy or with its own limits. @default Node's global agent */
    agent?: HttpAgent | HttpsAgent | undefined;
    /** PEM certificates to trust instead of Node's own, such as a private certificate authority. */
    ca?: string | Buffer | Array<string | Buffer> | undefined;
}

/**
 * See `Executor#exchangeTokenForBuild`. Also ends when one of the signals aborts, for hooks that do not pass on theirs.
 */
export async function exchangeToken(
    config: ExchangeConfig,
    buildTimeout: number | string,
    options: ExchangeOptions = {},
    signals: readonly AbortSignal[],
    tries: Tries
): Promise<string> {
    validate('exchange', config);
    validate('exchangeOptions', options);
    if (!needsExchange(config.token)) return config.token;

    const { token, apiUri } = config;
    const { bufferMinutes = 30, agent, ca } = options;
    const minutes = wholeMinutes(buildTimeout, token) + Math.ceil(bufferMinutes);
    const path = `${buildPath(config)}/token`;
    const body = { buildTimeout: minutes };
    const request = { method: 'POST', apiUri, path, token, body, agent, ca } as const;
    const outcome = await persist(request, answer => tokenFrom(answer, apiUri), options, signals, tries);

    if (typeof outcome === 'string') return outcome;
    throw exchangeError(outcome, token);
}
