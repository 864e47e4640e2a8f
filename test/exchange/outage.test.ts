import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { freePort } from '../support/free-port';
import { reply } from './answers';
import { exchange } from './exchange';
import { serve } from './fault-server';
import { token } from './tokens';

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
