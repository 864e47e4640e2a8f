import { once } from 'node:events';
import http = require('node:http');
import { buffer } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';

/**
 * A second address of a server, which calls back before it passes on the answer of one operation of AWS.
 *
 * @param onAnswer may delay the answer by a promise
 */
export async function startHold(target: string, operation: string, onAnswer: () => unknown) {
    const server = http.createServer(async (request, response) => {
        const { method, url = '/', headers } = request;
        const body = await buffer(request);
        const onward = http.request(new URL(url, target), { method, headers }, async answer => {
            if (String(headers['x-amz-target']).endsWith(`.${operation}`)) await onAnswer();
            response.writeHead(answer.statusCode ?? 502, answer.headers);
            answer.pipe(response);
        });

        onward.on('error', () => response.destroy());
        onward.end(body);
    });

    await once(server.listen(0, '127.0.0.1'), 'listening');

    return {
        uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close() {
            server.close();
            server.closeAllConnections();
        }
    };
}
