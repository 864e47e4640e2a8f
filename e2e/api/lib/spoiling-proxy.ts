import { once } from 'node:events';
import http = require('node:http');
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';

/** What is sent on. */
interface Request {
    path: string;
    headers: Record<string, string>;
    body: string;
}

/**
 * Stands between the base and the API and spoils requests, so that the API gives the answers that the base, which
 * checks first, would never get. The answers come back as they are.
 */
export class SpoilingProxy {
    readonly uri: string;
    /** How many requests have come. */
    requests = 0;
    /** What to change of a request. */
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
