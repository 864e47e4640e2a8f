import { once } from 'node:events';
import http = require('node:http');
import { json } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';

const REPOSITORY = {
    full_name: 'someone/repository',
    default_branch: 'main',
    private: false,
    permissions: { admin: true, push: true, pull: true }
};

/**
 * A small GitHub: it has every repository, allows everybody everything, and accepts commit statuses, as slowly as
 * configured. The API addresses a source code host without a port, so this one listens on its own loopback address at
 * port 80.
 */
export async function startGithub() {
    /** The commit statuses: `context` has the pipeline and the job, `description` the result of the build. */
    const statuses: { context: string; description: string }[] = [];
    /** The milliseconds for certain contexts. */
    const delays = new Map<string, number>();
    const github = { host: address(), statuses, milliseconds: 0, delays, close };
    const server = http.createServer(async (request, response) => {
        const isStatus = request.method === 'POST' && /\/repos\/[^/]+\/[^/]+\/statuses\//.test(request.url ?? '');

        if (isStatus) {
            const status = (await json(request)) as (typeof statuses)[number];

            statuses.push(status);
            await wait(delays.get(status.context) ?? github.milliseconds);
        }
        response.writeHead(isStatus ? 201 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(isStatus ? {} : REPOSITORY));
    });

    async function close() {
        server.close();
        server.closeAllConnections();
        await once(server, 'close');
    }

    await once(server.listen(80, github.host), 'listening');

    return github;
}

function address() {
    const part = () => 1 + Math.floor(Math.random() * 250);

    return `127.${part()}.${part()}.${part()}`;
}
