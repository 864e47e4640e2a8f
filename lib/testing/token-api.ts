import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { randomUUID } from 'node:crypto';
import { errorAnswer, SERVER_ERROR } from './api-answer';
import { answerTo, claimsOf, MAX_BODY, type ApiState } from './api-routes';
import { generateKeys, signToken, type Claims, type KeyPair } from './jwt';
import type { AddressInfo } from 'node:net';
import type { ApiBuild } from './api-build';

/**
 * What a request gets instead of its answer: a status, no answer at all, or a broken connection. `delay` keeps the
 * answer back for that many milliseconds.
 */
export type Fault =
    number | 'hang' | 'reset' | { status: number; headers?: Record<string, string>; body?: string } | { delay: number };

/** A request that the API has received. It has the claims of the token, not the token. */
export interface ApiRequest {
    method: string;
    path: string;
    /** The claims of its token, or why the token was not accepted. */
    claims: Claims | string;
    /** The body as text. Empty if it is larger than the API accepts, a mebibyte. */
    body: string;
    /** The status of the answer. Undefined until the API has answered, and if it does not answer. */
    status?: number;
}

/** The part of the Screwdriver API that executors and launchers talk to. */
export interface TokenApi {
    /** Base URI without `/v4`, as in the `apiUri` of a config. */
    readonly uri: string;
    /** The builds by id. `temporalToken` adds a build as QUEUED. */
    readonly builds: Map<number, ApiBuild>;
    /** Every request, in order. */
    readonly requests: ApiRequest[];
    /**
     * A JWT as the API makes it for `start`: scope `temporal`, twelve hours. `claims` replace its claims: `{ scope:
     * ['sdapi'] }`, `{ exp: 0 }`.
     */
    temporalToken(buildId: number | string, claims?: Claims): string;
    /** Makes the next requests fail, one fault each, in this order. */
    failNext(...faults: Fault[]): void;
    /** Closes the server and every connection to it, including those that hang. */
    close(): Promise<void>;
}

export interface TokenApiOptions {
    /** Keys to sign with. @default a new pair, so that one API does not accept the tokens of another */
    keys?: KeyPair | undefined;
}

/** Starts an API on a free port of 127.0.0.1. */
export async function startTokenApi(options: TokenApiOptions = {}): Promise<TokenApi> {
    const state: ApiState = { keys: options.keys ?? (await generateKeys()), builds: new Map() };
    const requests: ApiRequest[] = [];
    const faults: Fault[] = [];
    const server = createServer((request, response) => {
        // A request whose body breaks off has no client left to answer.
        respond(request, response).catch(() => response.destroy());
    });

    async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const { method = '', headers } = request;
        const path = (request.url ?? '').split('?', 1).join();
        const { authorization } = headers;
        const record: ApiRequest = { method, path, claims: claimsOf(authorization, state.keys), body: '' };
        const fault = faults.shift();

        requests.push(record);
        const received = await bodyOf(request);

        record.body = received ?? '';
        if (isDelay(fault)) await sleep(fault.delay);
        if (fault === 'hang') return;
        if (fault === 'reset') {
            request.socket.resetAndDestroy();

            return;
        }
        const {
            status,
            headers: more,
            body
        } = wanted(isDelay(fault) ? undefined : fault) ?? {
            ...answerTo({ method, path, authorization, body: received }, state),
            headers: {}
        };

        record.status = status;
        response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...more });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
    }

    server.listen(0, '127.0.0.1');
    await once(server, 'listening');

    return {
        uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        builds: state.builds,
        requests,
        temporalToken(buildId, claims = {}) {
            const id = Number(buildId);
            const iat = Math.floor(Date.now() / 1000);

            if (!state.builds.has(id)) state.builds.set(id, { id, status: 'QUEUED' });

            return signToken(
                {
                    username: id,
                    scmContext: 'github:github.com',
                    scope: ['temporal'],
                    isPR: false,
                    jobId: 1,
                    eventId: id,
                    pipelineId: 1,
                    iat,
                    exp: iat + 12 * 60 * 60,
                    jti: randomUUID(),
                    ...claims
                },
                state.keys
            );
        },
        failNext(...next) {
            for (const fault of next) requireFault(fault);
            faults.push(...next);
        },
        async close() {
            if (!server.listening) return;
            const closed = once(server, 'close');

            server.close();
            server.closeAllConnections();
            await closed;
        }
    };
}

/**
 * Undefined for a body that is too large. Like the API, it reads the body to its end before it answers, but does not
 * keep it.
 */
async function bodyOf(request: AsyncIterable<Buffer>): Promise<string | undefined> {
    const chunks: Buffer[] = [];
    let size = 0;

    for await (const chunk of request) {
        size += chunk.length;
        if (size <= MAX_BODY) chunks.push(chunk);
    }

    return size <= MAX_BODY ? Buffer.concat(chunks).toString() : undefined;
}

function requireFault(fault: unknown): void {
    const status = typeof fault === 'object' ? (fault as { status?: unknown } | null)?.status : fault;

    if (isDelay(fault) || fault === 'hang' || fault === 'reset' || (Number.isInteger(status) && Number(status) >= 200))
        return;
    throw new TypeError(
        `failNext takes a status from 200 on, 'hang', 'reset', { status, headers, body } or { delay }, not ${inspect(fault)}`
    );
}

function isDelay(fault: unknown): fault is { delay: number } {
    return Number.isInteger((fault as { delay?: unknown } | null | undefined)?.delay);
}

function wanted(fault: Exclude<Fault, 'hang' | 'reset' | { delay: number }> | undefined) {
    if (typeof fault !== 'number') return fault && { headers: {}, body: '', ...fault };

    return { headers: {}, ...(fault === 500 ? SERVER_ERROR : errorAnswer(fault)) };
}
