import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { reply } from './answers';
import { exchange } from './exchange';
import { serve } from './fault-server';
import { token } from './tokens';
import type { AddressInfo } from 'node:net';

describe('an API that is down', () => {
    it('for three seconds fails no build: the exchange retries until it is back', async () => {
        const fresh = token(['build']);
        const port = await freePort();
        const pending = exchange(`http://127.0.0.1:${port}`);

        await wait(3_000);
        const server = await serve({ answers: [reply(200, { token: fresh })], port });

        expect(await pending).to.equal(fresh);
        await server.close();
    });
});

describe('a status that does not exist in HTTP', () => {
    it('is a fault of the server, and tried again', async () => {
        const fresh = token(['build']);
        const server = await serve({ answers: [reply(700, ''), reply(700, ''), reply(200, { token: fresh })] });
        const error = await exchange(server.uri, { options: { attempts: 1 } }).catch((reason: unknown) => reason);

        expect(error).to.include({ code: 'EXECUTOR_EXCHANGE_SERVER', kind: 'engine', retryable: true });
        expect(await exchange(server.uri)).to.equal(fresh);
        expect(server.requests).to.have.lengthOf(3);
        await server.close();
    });
});

/** A port without a listener. */
async function freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');

    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;

    server.close();
    await once(server, 'close');

    return port;
}
