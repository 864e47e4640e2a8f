import { request as requestHttp, type Agent as HttpAgent, type ClientRequest, type IncomingMessage } from 'node:http';
import { urlToHttpOptions } from 'node:url';
import { buildIdFrom } from '../build/build-id';
import { readBody } from './body';
import type * as https from 'node:https';
import type { BuildId } from '../config';

/** One request to the API. */
export interface ApiRequest {
    method: 'GET' | 'POST' | 'PUT';
    apiUri: string;
    /** The path in the API, see {@link buildPath}. */
    path: string;
    /** The credential. */
    token: string;
    /** Sent as JSON. */
    body?: object | undefined;
    agent?: HttpAgent | https.Agent | undefined;
    ca?: string | Buffer | Array<string | Buffer> | undefined;
}

/** A complete answer, whatever its status. */
export interface Answer {
    statusCode: number;
    retryAfter: string | undefined;
    body: string;
}

/** What came instead of a complete answer. */
export interface NoAnswer {
    error: Error & { code?: string; rawPacket?: Buffer };
    /** Whether a request could be made at all. */
    isMade: boolean;
    /** Whether the server has spoken HTTP on the connection: it began to answer, or answered an earlier request. */
    isHttp: boolean;
    /** The status of an incomplete answer. */
    statusCode?: number | undefined;
}

/** The path of a build in the API. */
export function buildPath(config: { buildId: BuildId }): string {
    return `/v4/builds/${buildIdFrom(config)}`;
}

/**
 * One request, in bounded memory. It has no time limit of its own: see {@link end}.
 *
 * It does not follow redirects, since the token must not go to another address. If the server has just closed a kept
 * connection, the request is sent again, until it gets a working or a new connection.
 */
export class HttpRequest {
    /** Never rejects. */
    readonly outcome: Promise<Answer | NoAnswer>;

    #resolve!: (outcome: Answer | NoAnswer) => void;
    #request: ClientRequest | undefined;
    #isHttp = false;
    #isOver = false;
    #statusCode: number | undefined;
    /** The bytes received on a kept connection before this request. */
    #readBefore = 0;
    readonly #options: ApiRequest;

    constructor(options: ApiRequest) {
        this.#options = options;
        this.outcome = new Promise(resolve => {
            this.#resolve = resolve;
        });
        this.#begin();
    }

    /**
     * Fails the request, unless it is over, and closes its connection. A request that waits for its agent has none yet.
     */
    end(error: Error = new Error('ended')): void {
        if (this.#isOver) return;
        this.#fail(error);
        this.#request?.destroy();
    }

    #begin(): void {
        try {
            this.#request = this.#open();
        } catch (error) {
            this.#fail(error as Error);
        }
    }

    #open(): ClientRequest {
        const { method, apiUri, path, token, body, agent, ca } = this.#options;
        const { make, protocol, hostname, port, prefix } = addressOf(apiUri);
        const content = body && JSON.stringify(body);
        const request = make({
            protocol,
            hostname,
            port,
            path: prefix + path,
            method,
            headers: {
                authorization: `Bearer ${token}`,
                accept: 'application/json',
                'accept-encoding': 'identity',
                'user-agent': 'screwdriver-executor-base',
                ...(content && { 'content-type': 'application/json' })
            },
            agent,
            ca
        });

        request.on('socket', socket => {
            this.#isHttp = request.reusedSocket;
            this.#readBefore = socket.bytesRead;
        });
        request.on('information', () => {
            this.#isHttp = true;
        });
        request.on('upgrade', ({ statusCode }, socket) => {
            socket.destroy();
            this.#settle({ statusCode: statusCode!, retryAfter: undefined, body: '' });
        });
        request.on('response', response => this.#read(response));
        request.on('error', error => {
            if (!this.#isOver && this.#isStale(error)) this.#begin();
            else this.#fail(error);
        });
        request.end(content);

        return request;
    }

    #read(response: IncomingMessage): void {
        const statusCode = response.statusCode!;
        const retryAfter = response.headers['retry-after'];

        this.#isHttp = true;
        this.#statusCode = statusCode;
        readBody(response).then(
            body => this.#settle({ statusCode, retryAfter, body }),
            (error: Error) => this.end(error)
        );
    }

    /** Whether the server closed a kept connection while the request was being sent. */
    #isStale({ code }: NodeJS.ErrnoException): boolean {
        const { reusedSocket, socket } = this.#request!;

        return reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE') && socket!.bytesRead === this.#readBefore;
    }

    #fail(error: Error): void {
        const isMade = this.#request !== undefined;

        this.#settle({ error, isMade, isHttp: this.#isHttp, statusCode: this.#statusCode });
    }

    #settle(outcome: Answer | NoAnswer): void {
        this.#isOver = true;
        this.#resolve(outcome);
    }
}

/** An address for Node's client. */
interface Address {
    apiUri: string;
    make: (options: https.RequestOptions) => ClientRequest;
    protocol: string | null | undefined;
    hostname: string | null | undefined;
    port: number | string | null | undefined;
    /** The prefix of every path. */
    prefix: string;
}

/** The address of the last request: a process has one API. */
let known: Address | undefined;

function addressOf(apiUri: string): Address {
    if (known?.apiUri === apiUri) return known;
    const url = new URL(apiUri);
    const { protocol, hostname, port } = urlToHttpOptions(url);
    // Loads TLS only if it is needed.
    const make = protocol === 'https:' ? (require('node:https') as typeof https).request : requestHttp;

    return (known = { apiUri, make, protocol, hostname, port, prefix: url.pathname.replace(/\/+$/, '') });
}

/** The error of a request that took too long. */
export function timedOut(milliseconds: number): Error {
    return Object.assign(new Error(`Timeout awaiting 'request' for ${milliseconds}ms`), {
        name: 'TimeoutError',
        code: 'ETIMEDOUT'
    });
}
