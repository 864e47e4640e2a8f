import { getEventListeners } from 'node:events';
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { expect } from 'chai';
import { reply, silence } from './answers';
import { certificate } from './certificates';
import { exchange } from './exchange';
import { serve, type Answer } from './fault-server';
import { until } from './provoke';
import { token } from './tokens';

describe('the connections of exchanges', () => {
    const fresh = token(['build']);
    const good = reply(200, { token: fresh });

    it('are kept for the next exchange, by an agent that keeps them', async () => {
        const server = await serve({ answers: [good] });
        const agent = new Agent({ keepAlive: true });

        for (let count = 0; count < 5; count += 1) await exchange(server.uri, { options: { agent } });
        expect(server.connections).to.equal(1);
        agent.destroy();
        await server.close();
    });

    const used = new WeakSet<object>();
    // Answers, and closes the connection when it is used again.
    const once: Answer = (request, response) => {
        if (used.has(request.socket)) request.socket.destroy();
        else good(request, response);
        used.add(request.socket);
    };

    it('may be closed by the server between two exchanges: the request is sent again at once', async () => {
        const server = await serve({ answers: [once] });
        const agent = new Agent({ keepAlive: true });

        for (let count = 0; count < 3; count += 1) {
            expect(await exchange(server.uri, { options: { agent, attempts: 1 } })).to.equal(fresh);
        }
        expect(server.requests).to.have.lengthOf(5);
        expect(server.connections).to.equal(3);
        agent.destroy();
        await server.close();
    });

    it('may all be closed by the server: one that works is found, over TLS as well', async () => {
        for (const tls of [undefined, 'trusted'] as const) {
            const server = await serve({ answers: [once], tls });
            const agent = new (tls ? TlsAgent : Agent)({ keepAlive: true });
            const options = { agent, attempts: 1, ...(tls && { ca: certificate('authority') }) };

            await Promise.all(Array.from({ length: 10 }, () => exchange(server.uri, { options })));
            expect(server.connections).to.equal(10);
            expect(await exchange(server.uri, { options })).to.equal(fresh);
            expect(server.connections).to.equal(11);
            agent.destroy();
            await server.close();
        }
    });

    it('do not get a second request if an answer had begun, nor if a new one is closed', async () => {
        for (const [begun, connections] of [
            ['HTTP/1.1 20', 1],
            ['', 0]
        ] as const) {
            let requests = 0;
            const server = await serve({
                connection: socket => {
                    const reset = () => socket.write(begun, () => setTimeout(() => socket.resetAndDestroy(), 20));

                    socket.on('data', () => {
                        requests += 1;
                        if (requests > connections) reset();
                        else socket.write('HTTP/1.1 204 No Content\r\n\r\n');
                    });
                }
            });
            const agent = new Agent({ keepAlive: true });
            const options = { agent, attempts: 1 };

            for (let count = 0; count < connections; count += 1)
                await exchange(server.uri, { options }).catch(() => {});
            const error = await exchange(server.uri, { options }).catch((reason: unknown) => reason);

            expect(error).to.include({ code: 'EXECUTOR_EXCHANGE_NETWORK', retryable: true });
            expect(server.connections).to.equal(1);
            agent.destroy();
            await server.close();
        }
    });

    it('do not get a second request if the server violates the protocol on them', async () => {
        const replies = ['HTTP/1.1 204 No Content\r\n\r\n', 'nonsense\r\n\r\n'];
        const server = await serve({ connection: socket => socket.on('data', () => socket.write(replies.shift()!)) });
        const agent = new Agent({ keepAlive: true });
        const ask = () => exchange(server.uri, { options: { agent, attempts: 1 } }).catch((reason: unknown) => reason);

        expect(await ask()).to.include({ statusCode: 204 });
        expect(await ask()).to.include({ code: 'EXECUTOR_EXCHANGE_NETWORK', retryable: true, attempts: 1 });
        expect(server.connections).to.equal(1);
        agent.destroy();
        await server.close();
    });

    it('leave nothing behind after a thousand aborted exchanges', async () => {
        const server = await serve({ answers: [silence] });
        const before = process.getActiveResourcesInfo().length;
        const agent = new Agent({ keepAlive: true, maxSockets: 50 });

        for (let round = 0; round < 10; round += 1) {
            const controller = new AbortController();
            const { signal } = controller;
            const all = Array.from({ length: 100 }, () => exchange(server.uri, { options: { agent, signal } }));

            await until('half of them wait', () => server.pending === 50);
            controller.abort();
            for (const outcome of await Promise.allSettled(all)) expect(outcome.status).to.equal('rejected');
            expect(getEventListeners(signal, 'abort')).to.deep.equal([]);
            // Requests that waited for a connection end after those that had one.
            await until('the agent is idle', () => Object.keys({ ...agent.sockets, ...agent.requests }).length === 0);
        }
        agent.destroy();
        await server.close();
        await until('no socket and no timer is left', () => process.getActiveResourcesInfo().length < before);
    }).timeout(60_000);

    it('never exceed what the agent allows', async () => {
        const server = await serve({ answers: [good] });
        const agent = new Agent({ keepAlive: true, maxSockets: 2 });

        await Promise.all(Array.from({ length: 20 }, () => exchange(server.uri, { options: { agent } })));
        expect(server.connections).to.be.at.most(2);
        agent.destroy();
        await server.close();
    });

    it('do not keep the process alive', async () => {
        const server = await serve({ answers: [good] });
        const before = process.getActiveResourcesInfo().filter(name => name === 'TCPSocketWrap');

        await exchange(server.uri);
        // Only the server still has the kept connection: the client has released it.
        const after = process.getActiveResourcesInfo().filter(name => name === 'TCPSocketWrap');

        expect(after.length - before.length).to.be.at.most(1);
        await server.close();
    });
});
