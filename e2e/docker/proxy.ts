import { once } from 'node:events';
import http = require('node:http');
import { buffer } from 'node:stream/consumers';
import { until } from '../support/until';
import { docker } from './engine';
import type { AddressInfo } from 'node:net';

/**
 * A proxy between an executor in a separate process and the servers that it calls: the engine, and the API under `/v4`.
 *
 * @param api its address
 * @param listeners called with the number of a request, from 1 on: before the request is passed on, also with the request
 * itself (`GET /_ping`), and before its answer is passed on. Each may delay that by a promise
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
        /** Resolves once no request is open. */
        idle: () => until('the end of all requests', () => open === 0),
        close() {
            server.close();
            server.closeAllConnections();
        }
    };
}
