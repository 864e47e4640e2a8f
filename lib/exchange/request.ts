import { request as requestHttp, type Agent as HttpAgent, type ClientRequest, type IncomingMessage } from 'node:http';
import { readBody } from './body';
import type * as https from 'node:https';

/** One request to the API. */
export interface ApiRequest {
    method: 'GET' | 'POST' | 'PUT';
    url: URL;
    /** The credential. */
    token: string;
    /** Sent as JSON. */
    body?: object | undefined;
    /** Milliseconds from the look-up of the name to the end of the answer. */
    timeout: number;
    /** Ends the request when it aborts. It is not aborted yet. */
    signal: AbortSignal;
    agent?: HttpAgent | https.Agent | undefined;
    ca?: string | Buffer | Array<string | Buffer> | undefined;
}

/** A whole answer, whatever its status. */
export interface Answer {
    statusCode: number;
    retryAfter: string | undefined;
    body: string;
}

/** What came instead of a whole answer. */
export interface NoAnswer {
    error: Error & { code?: string; rawPacket?: Buffer };
    /** Whether a request could be made at all. */
    isMade: boolean;
    /** Whether the server has spoken HTTP on the connection: it began to answer, or had answered an earlier request. */
    isHttp: boolean;
    /** Of an answer that is not whole. */
    statusCode?: number | undefined;
}

/**
 * Makes one request, in bounded time and memory. Never rejects.
 *
 * It follows no redirect, since the token goes to no other address. A kept connection that the server has just closed
 * does not count: the request is sent again until it has a connection that works, or a new one.
 */
export function send(options: ApiRequest): Promise<Answer | NoAnswer> {
    return new Promise(resolve => {
        new Call(options, resolve).begin();
    });
}

class Call {
    #request: ClientRequest | undefined;
    #isHttp = false;
    #isOver = false;
    #statusCode: number | undefined;
    /** What had come on a kept connection before this request, in bytes. */
    #readBefore = 0;
    readonly #options: ApiRequest;
    readonly #resolve: (outcome: Answer | NoAnswer) => void;
    readonly #timer: NodeJS.Timeout;

    constructor(options: ApiRequest, resolve: (outcome: Answer | NoAnswer) => void) {
        const { timeout, signal } = options;

        this.#options = options;
        this.#resolve = resolve;
        this.#timer = setTimeout(() => this.#end(timedOut(timeout)), timeout);
        signal.addEventListener('abort', this.#abort, { once: true });
    }

    begin(): void {
        try {
            this.#request = this.#open();
        } catch (error) {
            this.#fail(error as Error);
        }
    }

    #open(): ClientRequest {
        const { method, url, token, body, agent, ca } = this.#options;
        const content = body && JSON.stringify(body);
        const request = clientFor(url)(url, {
            method,
            headers: {
                authorization: `Bearer ${token}`,
                accept: 'application/json',
                'accept-encoding': 'identity',
                'user-agent': 'screwdriver-executor-base',
                ...(content && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) })
            },
            ...(agent && { agent }),
            ...(ca && { ca })
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
            if (!this.#isOver && this.#isStale(error)) this.begin();
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
            (error: Error) => this.#end(error)
        );
    }

    readonly #abort = (): void => this.#end(this.#options.signal.reason as Error);

    /** Closes the connection. Fails first, since a request that waits for its agent has no connection yet. */
    #end(error: Error): void {
        this.#fail(error);
        this.#request?.destroy();
    }

    /** Whether the server closed a kept connection while the request was on its way. */
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
        clearTimeout(this.#timer);
        this.#options.signal.removeEventListener('abort', this.#abort);
        this.#resolve(outcome);
    }
}

/** TLS is loaded only where it is spoken. */
function clientFor(url: URL): typeof requestHttp {
    return url.protocol === 'https:' ? (require('node:https') as typeof https).request : requestHttp;
}

function timedOut(milliseconds: number): Error {
    return Object.assign(new Error(`Timeout awaiting 'request' for ${milliseconds}ms`), {
        name: 'TimeoutError',
        code: 'ETIMEDOUT'
    });
}
