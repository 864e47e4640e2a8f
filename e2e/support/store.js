'use strict';

const { once } = require('node:events');
const http = require('node:http');
const { text } = require('node:stream/consumers');

/** A Screwdriver store in small, on loopback: it takes the logs of builds. */
async function startStore() {
    /** The lines of a step's log by `build/step/log.N`. */
    const logs = new Map();
    const server = http.createServer((request, response) => {
        const [, path] = /^\/v1\/builds\/(\d+\/[\w-]+\/log\.\d+)$/.exec(request.url) ?? [];
        const isBuilds =
            claimsOf(request).scope?.includes('build') && path?.startsWith(`${claimsOf(request).username}/`);

        void text(request).then(body => {
            if (request.method === 'PUT' && isBuilds) logs.set(path, body);
            response.writeHead(isBuilds ? 202 : 403).end();
        });
    });

    await once(server.listen(0, '127.0.0.1'), 'listening');

    return {
        uri: `http://127.0.0.1:${server.address().port}`,
        /** The messages of a step's log, in order. */
        log(buildId, step) {
            const parts = [...logs].filter(([path]) => path.startsWith(`${buildId}/${step}/`)).sort(byNumber);
            const lines = parts.flatMap(([, part]) => part.trimEnd().split('\n'));

            return lines.map(line => JSON.parse(line).m.trimEnd());
        },
        async close() {
            server.close();
            server.closeAllConnections();
            await once(server, 'close');
        }
    };
}

function byNumber([one], [other]) {
    return Number(/\d+$/.exec(one)) - Number(/\d+$/.exec(other));
}

function claimsOf({ headers }) {
    const [, payload = 'e30'] = (headers.authorization ?? '').split('.');

    return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

module.exports = { startStore };
