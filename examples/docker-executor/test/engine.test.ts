import { expect } from 'chai';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Engine } from '../engine';

/** An engine that is not there, and that would be spoken to in another way. */
const ELSEWHERE = { DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_TLS_VERIFY: '1' };

describe('docker executor: the address of the engine', () => {
    const { DOCKER_HOST, DOCKER_TLS_VERIFY } = process.env;
    let folder: string;
    let server: Server;
    let asked: (string | undefined)[];

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), 'docker-executor-'));
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
        rmSync(folder, { recursive: true });
    });

    it('is the socket that the options name, whatever the environment says', async () => {
        const socketPath = join(folder, 'docker.sock');

        await once(server.listen(socketPath), 'listening');
        await new Engine({ socketPath }).client().ping();
        expect(asked).to.deep.equal(['/_ping']);
    });

    it('is the host that the options name, whatever the environment says', async () => {
        await once(server.listen(0, '127.0.0.1'), 'listening');
        await new Engine({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }).client().ping();
        expect(asked).to.deep.equal(['/_ping']);
    });

    it('is that of the environment where the options name none', async () => {
        await once(server.listen(0, '127.0.0.1'), 'listening');
        process.env.DOCKER_HOST = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
        process.env.DOCKER_TLS_VERIFY = '';
        await new Engine().client().ping();
        expect(asked).to.deep.equal(['/_ping']);
    });
});

describe('docker executor: a call that the engine does not answer', () => {
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
        it(`ends in time, also where memory is tidied up: with ${signal ? 'a' : 'no'} signal`, async () => {
            const { port } = server.address() as AddressInfo;
            const client = new Engine({ host: '127.0.0.1', port, timeout: 300 }).client(signal);
            const error = await client.ping().catch((reason: unknown) => reason);

            expect(error).to.include({ code: 'DOCKER_TIMEOUT', retryable: true });
        });
    }
});

/** Node's own, which shows only on demand. */
function gc(): () => void {
    setFlagsFromString('--expose-gc');

    return runInNewContext('gc') as () => void;
}
