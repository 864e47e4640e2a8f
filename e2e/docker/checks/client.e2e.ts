import assert = require('node:assert/strict');
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { once } from 'node:events';
import fs = require('node:fs');
import { Agent, createServer, type Server } from 'node:http';
import os = require('node:os');
import path = require('node:path');
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { useFakeTimers, type SinonFakeTimers } from 'sinon';
import { Engine, lastCalls } from '../../../examples/docker-executor/lib/engine';
import { rejection } from '../../support/rejection';
import type { AddressInfo } from 'node:net';

/** An engine that does not exist, with another protocol. */
const ELSEWHERE = { DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_TLS_VERIFY: '1' };

describe('the address of the engine', () => {
    const { DOCKER_HOST, DOCKER_TLS_VERIFY } = process.env;
    let folder: string;
    let server: Server;
    let asked: (string | undefined)[];

    beforeEach(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), 'docker-executor-'));
        asked = [];
        server = createServer((request, response) => {
            asked.push(request.url);
            response.end('OK');
        });
        Object.assign(process.env, ELSEWHERE);
    });

    afterEach(async () => {
        for (const [name, value] of Object.entries({ DOCKER_HOST, DOCKER_TLS_VERIFY })) {
            if (value === undefined) delete process.env[name];
            else process.env[name] = value;
        }
        server.close();
        server.closeAllConnections();
        await once(server, 'close');
        fs.rmSync(folder, { recursive: true });
    });

    it('is the socket that the options name, whatever the environment says', async () => {
        const socketPath = path.join(folder, 'docker.sock');

        await once(server.listen(socketPath), 'listening');
        await new Engine({ socketPath }).client().ping();
        assert.deepEqual(asked, ['/_ping']);
    });

    it('is the host that the options name, whatever the environment says', async () => {
        await once(server.listen(0, '127.0.0.1'), 'listening');
        await new Engine({ host: '127.0.0.1', port: portOf(server) }).client().ping();
        assert.deepEqual(asked, ['/_ping']);
    });

    it('is that of the environment if the options name none', async () => {
        await once(server.listen(0, '127.0.0.1'), 'listening');
        process.env.DOCKER_HOST = `tcp://127.0.0.1:${portOf(server)}`;
        process.env.DOCKER_TLS_VERIFY = '';
        await new Engine().client().ping();
        assert.deepEqual(asked, ['/_ping']);
    });
});

describe('a call that the engine does not answer', () => {
    let server: Server;
    let tidying: NodeJS.Timeout;

    before(async () => {
        server = createServer(() => {});
        await once(server.listen(0, '127.0.0.1'), 'listening');
        tidying = setInterval(gc(), 50);
    });

    after(() => {
        clearInterval(tidying);
        server.close();
        server.closeAllConnections();
    });

    for (const signal of [undefined, new AbortController().signal]) {
        it(`ends in time, also during garbage collection: with ${signal ? 'a' : 'no'} signal`, async () => {
            const port = portOf(server);
            const client = new Engine({ host: '127.0.0.1', port, timeout: 300 }).client(signal);
            const { code, retryable } = await rejection(client.ping());

            assert.deepEqual({ code, retryable }, { code: 'DOCKER_TIMEOUT', retryable: true });
        });
    }
});

describe('a call that gets no connection', () => {
    /** Like a busy agent, or an SSH that does not answer. */
    const agent = Object.assign(new Agent(), { addRequest() {} });

    it('ends in time', async () => {
        const client = new Engine({ host: '127.0.0.1', port: 1, agent, timeout: 300 }).client();

        assert.equal((await rejection(client.ping())).code, 'DOCKER_TIMEOUT');
    });

    it('ends with its signal, also if that was aborted before', async () => {
        const controller = new AbortController();
        const client = new Engine({ host: '127.0.0.1', port: 1, agent }).client(controller.signal);
        const first = rejection(client.ping());

        controller.abort(new Error('shut down'));
        assert.equal((await first).message, 'shut down');
        assert.equal((await rejection(client.ping())).message, 'shut down');
    });
});

describe('the clean-up of a failed start', () => {
    let clock: SinonFakeTimers;

    beforeEach(() => {
        clock = useFakeTimers({ toFake: ['setTimeout'] });
    });

    afterEach(() => clock.restore());

    it('has four seconds from the shutdown on, whenever that happens', () => {
        const shutdown = new AbortController();
        const before = lastCalls(shutdown.signal);

        clock.tick(60_000);
        shutdown.abort();
        const after = lastCalls(shutdown.signal);

        clock.tick(3_999);
        assert.deepEqual([before.aborted, after.aborted], [false, false]);
        clock.tick(1);
        assert.deepEqual([before.aborted, after.aborted], [true, true]);
    });
});

/** Node's garbage collection, which is exposed only on demand. */
function gc(): () => void {
    setFlagsFromString('--expose-gc');

    return runInNewContext('gc');
}

function portOf(server: Server) {
    return (server.address() as AddressInfo).port;
}
