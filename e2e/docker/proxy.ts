import { once } from 'node:events';
import http = require('node:http');
import { buffer } from 'node:stream/consumers';
import { until } from '../support/until';
import { docker } from './engine';
import type { AddressInfo } from 'node:net';

/**
 * Stands between an executor in a process of its own and all that it asks: the engine, and the API under `/v4`.
 *
 * @param api its address
 * @param listeners called with the number of a request, from 1 on, and with the request itself (`GET /_ping`), before it is
 * passed on, and before its answer is: each may keep it waiting by a promise
 */
export async function startProxy(
    api: string,
    {
        onRequest = () => {},
        onAnswer = () => {}
    }: { onRequest?: (count: number, request: string) => unknown; onAnswer?: (count: number) => unknown }
) {
    const { socketPath, host, port } = docker.modem as { socketPath?: string; host?: string; port?: number };
    const engine = socketPath ? { socketPath } : { host, port };
    let count = 0;
    let open = 0;
    const server = http.createServer(async (request, response) => {
        const at = (count += 1);
        const { method, url: path, headers } = request;
        const body = await buffer(request);
        const { hostname, port: apiPort } = new URL(api);
        const to = path?.startsWith('/v4/') ? { host: hostname, port: apiPort } : engine;

        open += 1;
        response.on('close', () => (open -= 1));
        await onRequest(at, `${method} ${path}`);
        const onward = http.request({ ...to, method, path, headers }, async answer => {
            await onAnswer(at);
            response.writeHead(answer.statusCode ?? 502, answer.headers);
            answer.pipe(response);
        });

        onward.on('error', () => response.destroy());
        onward.end(body);
    });

    await once(server.listen(0, '127.0.0.1'), 'listening');

    return {
        port: (server.address() as AddressInfo).port,
        get count() {
            return count;
        },
        /** Resolves once nothing is under way. */
        idle: () => until('the end of all requests', () => open === 0),
        close() {
            server.close();
            server.closeAllConnections();
        }
    };
}
