import { once } from 'node:events';
import http = require('node:http');
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';

/** A small Screwdriver store on loopback for the logs of builds. */
export async function startStore() {
    /** The lines of a step's log by `build/step/log.N`. */
    const logs = new Map<string, string>();
    const server = http.createServer((request, response) => {
        const [, path] = /^\/v1\/builds\/(\d+\/[\w-]+\/log\.\d+)$/.exec(request.url ?? '') ?? [];
        const isBuilds =
            claimsOf(request).scope?.includes('build') && path?.startsWith(`${claimsOf(request).username}/`);

        void text(request).then(body => {
            if (request.method === 'PUT' && isBuilds && path) logs.set(path, body);
            response.writeHead(isBuilds ? 202 : 403).end();
        });
    });

    await once(server.listen(0, '127.0.0.1'), 'listening');

    return {
        uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        /** The messages of a step's log, in order. */
        log(buildId: number, step: string): string[] {
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

function byNumber([one]: [string, string], [other]: [string, string]) {
    return Number(/\d+$/.exec(one)) - Number(/\d+$/.exec(other));
}

function claimsOf({ headers }: http.IncomingMessage): { scope?: string[]; username?: number | string } {
    const [, payload = 'e30'] = (headers.authorization ?? '').split('.');

    return JSON.parse(Buffer.from(payload, 'base64url').toString());
}
