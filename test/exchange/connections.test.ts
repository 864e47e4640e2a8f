import { Agent } from 'node:http';
import { expect } from 'chai';
import { reply } from './answers';
import { exchange } from './exchange';
import { serve, type Answer } from './fault-server';
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

    it('may be closed by the server between two exchanges: the next one tries again', async () => {
        // Answers, and breaks the connection off once it is used again.
        const once: Answer = (request, response) => {
            if (request.socket.bytesWritten > 0) request.socket.resetAndDestroy();
            else good(request, response);
        };
        const server = await serve({ answers: [once] });
        const agent = new Agent({ keepAlive: true });

        for (let count = 0; count < 3; count += 1) {
            expect(await exchange(server.uri, { options: { agent } })).to.equal(fresh);
        }
        expect(server.requests).to.have.lengthOf(5);
        expect(server.connections).to.equal(3);
        agent.destroy();
        await server.close();
    });

    it('never exceed what the agent allows', async () => {
        const server = await serve({ answers: [good] });
        const agent = new Agent({ keepAlive: true, maxSockets: 2 });

        await Promise.all(Array.from({ length: 20 }, () => exchange(server.uri, { options: { agent } })));
        expect(server.connections).to.be.at.most(2);
        agent.destroy();
        await server.close();
    });

    it('do not stand in the way of the process when it ends', async () => {
        const server = await serve({ answers: [good] });
        const before = process.getActiveResourcesInfo().filter(name => name === 'TCPSocketWrap');

        await exchange(server.uri);
        // The kept connection is the server's alone: the client's side of it is let go.
        const after = process.getActiveResourcesInfo().filter(name => name === 'TCPSocketWrap');

        expect(after.length - before.length).to.be.at.most(1);
        await server.close();
    });
});
