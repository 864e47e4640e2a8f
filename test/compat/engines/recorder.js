'use strict';

const { once } = require('node:events');
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const path = require('node:path');

/** What a server that fails answers, whatever it was asked. */
const FAILURES = {
    error: { status: 500, body: { statusCode: 500, error: 'Internal Server Error', message: 'Something broke' } },
    refusal: { status: 403, body: { statusCode: 403, error: 'Forbidden', message: 'No' } },
    garbage: { status: 200, type: 'text/html', body: '<html>Not what you asked for' },
    reset: 'reset'
};

/**
 * Starts an HTTP server on loopback that records what it is asked and answers what `answer` gives.
 *
 * `answer({ method, path, query, headers, body })` gives `{ status, headers, body }`; an object is sent as JSON. After
 * `server.fail('error')` (or `refusal`, `garbage`, `reset`) every request fails that way, or those whose
 * `METHOD /path` matches the pattern in the second argument; `server.recover()` ends it. After `close()` connections
 * are refused.
 */
async function startRecorder(name, answer, { tls = false } = {}) {
    const requests = [];
    const sockets = new Set();
    let failure;

    async function respond(request, response) {
        const chunks = [];

        for await (const chunk of request) chunks.push(chunk);
        const url = new URL(request.url, 'http://127.0.0.1');
        const text = Buffer.concat(chunks).toString();
        const seen = {
            server: name,
            method: request.method,
            path: url.pathname,
            query: Object.fromEntries(url.searchParams),
            headers: request.headers,
            body: parse(text)
        };

        requests.push(seen);
        server.onRequest?.(seen);
        const fails = failure?.pattern.test(`${seen.method} ${seen.path}`);

        send(response, fails ? failure.answer : answer(seen));
    }

    const listener = tls
        ? https.createServer({ key: tlsFile('key.pem'), cert: tlsFile('cert.pem') })
        : http.createServer();

    listener.on('request', (request, response) => {
        // A client that hangs up in the middle of its request is part of some scenarios.
        respond(request, response).catch(() => response.destroy());
    });
    for (const event of ['connection', 'secureConnection']) {
        listener.on(event, socket => {
            sockets.add(socket);
            socket.on('error', () => {});
            socket.once('close', () => sockets.delete(socket));
        });
    }
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address();

    const server = {
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

function tlsFile(file) {
    return fs.readFileSync(path.join(__dirname, 'tls', file));
}

function parse(text) {
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}

function send(response, answer) {
    if (answer === 'reset') return response.socket.resetAndDestroy();
    const { status = 200, headers = {}, type = 'application/json', body = '' } = answer;

    response.writeHead(status, { 'content-type': type, ...headers });

    return response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

const notFound = { status: 404, body: { message: 'not found' } };

module.exports = { startRecorder, notFound };
