import { once } from 'node:events';
import http = require('node:http');
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';

/** The forwarded request. */
interface Request {
    path: string;
    headers: Record<string, string>;
    body: string;
}

/**
 * A proxy between the base and the API that spoils requests. So the API gives answers that the base would otherwise
 * never get, since it checks first. The answers are forwarded unchanged.
 */
export class SpoilingProxy {
    readonly uri: string;
    /** The number of requests so far. */
    requests = 0;
    /** The changes to a request. */
    spoil: (request: Request) => Partial<Request> = () => ({});
    readonly #server: http.Server;

    private constructor(server: http.Server) {
        this.#server = server;
        this.uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }

    static async open(api: { uri: string }): Promise<SpoilingProxy> {
        const server = http.createServer();

        await once(server.listen(0, '127.0.0.1'), 'listening');
        const proxy = new SpoilingProxy(server);

        server.on('request', (request, response) => {
            proxy.#forward(api, request, response).catch(error => response.destroy(error));
        });

        return proxy;
    }

    async #forward(api: { uri: string }, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
        this.requests += 1;
        const { authorization = '', 'content-type': type = '' } = request.headers;
        const whole = {
            path: request.url!,
            headers: { authorization, 'content-type': type },
            body: await text(request)
        };
        const { path, headers, body } = { ...whole, ...this.spoil(whole) };
        const answer = await fetch(`${api.uri}${path}`, { method: request.method!, headers, body });

        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
        response.end(await answer.text());
    }

    close(): void {
        this.#server.closeAllConnections();
        this.#server.close();
    }
}
