import assert = require('node:assert');
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import http = require('node:http');
import https = require('node:https');
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExecutorError, isRetryable, kindOf, type ErrorKind } from 'screwdriver-executor-base';
import { certificate, keyOf } from '../exchange/certificates';
import type { AddressInfo } from 'node:net';

const TIMEOUT = 300;

/** How each client requests a URL. Rejects unless the answer is a 2xx. */
const CLIENTS: Record<string, (url: string, signal?: AbortSignal) => Promise<unknown>> = {
    fetch: (url, signal = AbortSignal.timeout(TIMEOUT)) => fetch(url, { signal }).then(refuseStatus),
    undici: (url, signal) => {
        const { request, errors } = require('undici');

        return request(url, { signal, headersTimeout: TIMEOUT, bodyTimeout: TIMEOUT }).then(async (response: any) => {
            const { statusCode, headers, body } = response;

            throw new errors.ResponseError('Response status code', statusCode, { headers, body: await body.text() });
        });
    },
    axios: (url, signal) => require('axios').get(url, { signal, timeout: TIMEOUT }),
    got: (url, signal) => cancellable(require('got')(url, { timeout: TIMEOUT, retry: 0 }), signal),
    'screwdriver-request': (url, signal) =>
        cancellable(require('screwdriver-request')({ url, timeout: TIMEOUT, retry: { limit: 0 } }), signal),
    request: url =>
        new Promise((_, reject) => {
            require('request')({ url, timeout: TIMEOUT }, (error: unknown, response: any) =>
                reject(error ?? Object.assign(new Error(response.statusMessage), { statusCode: response.statusCode }))
            );
        }),
    '@kubernetes/client-node': url => {
        const { KubeConfig, CoreV1Api } = require('@kubernetes/client-node');
        const config = new KubeConfig();

        config.loadFromClusterAndUser(
            { name: 'test', server: url, skipTLSVerify: url.startsWith('http:') },
            { name: 'test' }
        );

        return config.makeApiClient(CoreV1Api).readNamespacedPod({ name: 'build-1', namespace: 'builds' });
    },
    dockerode: (url, abortSignal) => {
        const Docker = require('dockerode');
        const { hostname: host, port, protocol } = new URL(url);

        return new Docker({ host, port, protocol: protocol.slice(0, -1), timeout: TIMEOUT }).createContainer({
            Image: 'a',
            abortSignal
        });
    }
};

function cancellable(promise: Promise<unknown> & { cancel(): void }, signal?: AbortSignal): Promise<unknown> {
    signal?.addEventListener('abort', () => promise.cancel());

    return promise;
}

function refuseStatus(response: Response): never {
    throw Object.assign(new Error(response.statusText), { status: response.status });
}

/** What the server does, and how the error must be classified. */
interface Situation {
    title: string;
    kind: ErrorKind;
    retryable: boolean;
    status?: number;
    message?: string;
    broken?: boolean;
    refused?: boolean;
    unsigned?: boolean;
    silent?: boolean;
    abort?: boolean;
}

const SITUATIONS: Situation[] = [
    { title: 'a status 400', status: 400, kind: 'configuration', retryable: false },
    { title: 'a status 401', status: 401, kind: 'authentication', retryable: false },
    { title: 'a status 403', status: 403, kind: 'authentication', retryable: false },
    { title: 'a status 404', status: 404, kind: 'configuration', retryable: false },
    { title: 'a status 409', status: 409, kind: 'engine', retryable: false },
    { title: 'a status 429', status: 429, kind: 'capacity', retryable: true },
    { title: 'a status 500', status: 500, kind: 'engine', retryable: true },
    { title: 'a status 503', status: 503, kind: 'engine', retryable: true },
    { title: 'a status 504', status: 504, kind: 'timeout', retryable: true },
    { title: 'an image that is not there', status: 404, message: 'No such image: a', kind: 'image', retryable: false },
    {
        title: 'an exhausted quota',
        status: 403,
        message: 'pods "build-1" is forbidden: exceeded quota: builds',
        kind: 'capacity',
        retryable: true
    },
    { title: 'a connection that breaks off', broken: true, kind: 'engine', retryable: true },
    { title: 'a connection that is refused', refused: true, kind: 'engine', retryable: true },
    { title: 'a certificate that nobody signed', unsigned: true, kind: 'configuration', retryable: false },
    { title: 'no answer in time', silent: true, kind: 'timeout', retryable: true },
    { title: 'an abort by the caller', silent: true, abort: true, kind: 'cancelled', retryable: false }
];

/** Clients without this feature, or whose errors do not contain the text of an answer. */
const WITHOUT = {
    text: ['fetch', 'undici', 'axios', 'got', 'request'],
    // dockerode reports a timeout as a broken connection.
    timeout: ['@kubernetes/client-node', 'dockerode'],
    abort: ['request', '@kubernetes/client-node']
};

void describe('an error of a real client', () => {
    let situation: Situation;
    const answer: http.RequestListener = (request, response) => {
        if (situation.silent) return;
        if (situation.broken) {
            request.socket.destroy();

            return;
        }
        response.writeHead(situation.status!, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ message: situation.message ?? `about ${situation.status}` }));
    };
    const server = http.createServer(answer);
    const unsigned = https.createServer({ cert: certificate('self-signed'), key: keyOf('self-signed') }, answer);

    /** The address of the situation's server. */
    async function place({ refused, unsigned: secure }: Situation): Promise<string> {
        if (refused) return closedPort();
        const { port } = (secure ? unsigned : server).address() as AddressInfo;

        return `${secure ? 'https' : 'http'}://127.0.0.1:${port}`;
    }

    before(async () => {
        for (const each of [server, unsigned]) {
            each.listen(0, '127.0.0.1');
            await once(each, 'listening');
        }
    });

    after(() => {
        for (const each of [server, unsigned]) {
            each.closeAllConnections();
            each.close();
        }
    });

    for (const [client, ask] of Object.entries(CLIENTS)) {
        for (const next of SITUATIONS) {
            const { title, abort, message, silent, kind, retryable } = next;

            if (message && WITHOUT.text.includes(client)) continue;
            if (silent && !abort && WITHOUT.timeout.includes(client)) continue;
            if (abort && WITHOUT.abort.includes(client)) continue;

            void it(`of ${client}, for ${title}, is told: ${kind}`, async () => {
                situation = next;
                const signal = abort ? AbortSignal.timeout(TIMEOUT / 3) : undefined;
                const controller = new AbortController();

                signal?.addEventListener('abort', () => controller.abort());
                const error: unknown = await ask(await place(next), abort ? controller.signal : undefined).then(
                    () => assert.fail('resolved'),
                    (reason: unknown) => reason
                );

                assert.deepStrictEqual(
                    { kind: kindOf(error), retryable: isRetryable(error) },
                    { kind, retryable },
                    error as Error
                );
                const copy = ExecutorError.fromJSON(
                    JSON.parse(
                        JSON.stringify(new ExecutorError('wrapped', { kind: kindOf(error), retryable, cause: error }))
                    )
                );

                assert.deepStrictEqual({ kind: kindOf(copy), retryable: isRetryable(copy) }, { kind, retryable });
            });
        }
    }

    void it('of dockerode, for a socket that is not there, is told: configuration', async () => {
        const Docker = require('dockerode');
        const error = await new Docker({ socketPath: '/nowhere/docker.sock' })
            .ping()
            .catch((reason: unknown) => reason);

        assert.strictEqual(kindOf(error), 'configuration');
    });
});

/** The errors of Node itself when an executor runs programs, reads files and waits. */
const SYSTEM: Array<{ title: string; kind: ErrorKind; work: () => Promise<unknown> }> = [
    { title: 'a program that is not there', kind: 'configuration', work: () => once(spawn('/nowhere/run'), 'exit') },
    { title: 'a folder that is not there', kind: 'configuration', work: () => readdir('/nowhere') },
    { title: 'a file that is a folder', kind: 'configuration', work: () => readFile(__dirname) },
    { title: 'a folder that is a file', kind: 'configuration', work: () => readdir(__filename) },
    { title: 'a URL that is none', kind: 'configuration', work: () => fetch('nowhere') },
    { title: 'a wait that was ended', kind: 'cancelled', work: () => sleep(9e3, 0, { signal: AbortSignal.abort() }) },
    { title: 'a wait in bounded time', kind: 'timeout', work: () => sleep(9e3, 0, { signal: AbortSignal.timeout(1) }) }
];

void describe('an error of Node itself', () => {
    for (const { title, kind, work } of SYSTEM) {
        void it(`for ${title}, is told: ${kind}`, async () => {
            const error: unknown = await work().then(
                () => assert.fail('resolved'),
                (reason: unknown) => reason
            );

            assert.deepStrictEqual([kindOf(error), isRetryable(error)], [kind, kind === 'timeout']);
        });
    }
});

async function closedPort(): Promise<string> {
    const server = http.createServer().listen(0, '127.0.0.1');

    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;

    server.close();
    await once(server, 'close');

    return `http://127.0.0.1:${port}`;
}
