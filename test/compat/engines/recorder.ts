import { once } from 'node:events';
import fs = require('node:fs');
import http = require('node:http');
import https = require('node:https');
import path = require('node:path');
import { text } from 'node:stream/consumers';
import type { AddressInfo, Socket } from 'node:net';

/** A request to a server. */
export interface Asked {
    server: string;
    method: string;
    path: string;
    query: Record<string, string>;
    headers: http.IncomingHttpHeaders;
    /** The parsed JSON, or the text if it is not JSON. */
    body: any;
}

/** The answer. An object as body is sent as JSON. */
export interface Answer {
    status?: number;
    headers?: http.OutgoingHttpHeaders;
    type?: string;
    body?: unknown;
}

export interface Recorder {
    name: string;
    port: number;
    host: string;
    uri: string;
    requests: Asked[];
    onRequest?: (asked: Asked) => void;
    /** From now on every request fails, or those whose `METHOD /path` matches the pattern. */
    fail(kind: Failure, pattern?: RegExp): void;
    /** From now on no request fails. */
    recover(): void;
    /** Connections are refused from now on. */
    close(): Promise<void>;
}

/** The answer of a failing server to every request. */
const FAILURES = {
    error: { status: 500, body: { statusCode: 500, error: 'Internal Server Error', message: 'Something broke' } },
    refusal: { status: 403, body: { statusCode: 403, error: 'Forbidden', message: 'No' } },
    garbage: { status: 200, type: 'text/html', body: '<html>Not what you asked for' },
    reset: 'reset'
} as const;

export type Failure = keyof typeof FAILURES;

/** Starts an HTTP server on loopback that records requests, and answers with the result of `answer`. */
export async function startRecorder(
    name: string,
    answer: (asked: Asked) => Answer,
    { tls = false } = {}
): Promise<Recorder> {
    const requests: Asked[] = [];
    const sockets = new Set<Socket>();
    let failure: { answer: Answer | 'reset'; pattern: RegExp } | undefined;

    async function respond(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
        const url = new URL(request.url!, 'http://127.0.0.1');
        const seen = {
            server: name,
            method: request.method!,
            path: url.pathname,
            query: Object.fromEntries(url.searchParams),
            headers: request.headers,
            body: parse(await text(request))
        };

        requests.push(seen);
        server.onRequest?.(seen);
        const fails = failure?.pattern.test(`${seen.method} ${seen.path}`);

        send(response, fails ? failure!.answer : answer(seen));
    }

    const listener = tls
        ? https.createServer({ key: tlsFile('key.pem'), cert: tlsFile('cert.pem') })
        : http.createServer();

    listener.on('request', (request, response) => {
        // A client that hangs up in the middle of its request is part of some scenarios.
        respond(request, response).catch(() => response.destroy());
    });
    for (const event of ['connection', 'secureConnection']) {
        listener.on(event, (socket: Socket) => {
            sockets.add(socket);
            socket.on('error', () => {});
            socket.once('close', () => sockets.delete(socket));
        });
    }
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;

    const server: Recorder = {
        name,
        port,
        host: `127.0.0.1:${port}`,
        uri: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
        requests,
        fail(kind, pattern = /./) {
            failure = { answer: FAILURES[kind], pattern };
        },
        recover() {
            failure = undefined;
        },
        async close() {
            if (!listener.listening) return;
            listener.close();
            for (const socket of sockets) socket.destroy();
            await once(listener, 'close');
        }
    };

    return server;
}

function tlsFile(file: string): Buffer {
    return fs.readFileSync(path.join(__dirname, 'tls', file));
}

function parse(body: string): unknown {
    try {
        return JSON.parse(body);
    } catch {
        return body;
    }
}

function send(response: http.ServerResponse, answer: Answer | 'reset'): void {
    if (answer === 'reset') return void response.socket!.resetAndDestroy();
    const { status = 200, headers = {}, type = 'application/json', body = '' } = answer;

    response.writeHead(status, { 'content-type': type, ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

export const notFound = { status: 404, body: { message: 'not found' } };
