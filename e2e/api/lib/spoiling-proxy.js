'use strict';

const { once } = require('node:events');
const http = require('node:http');

/**
 * Stands between the base and the API and spoils requests, so that the API gives the answers that the base, which
 * checks first, would never get. The answers come back as they are.
 */
class SpoilingProxy {
    uri;
    /** How many requests have come. */
    requests = 0;
    /** What to do to a request, `{ path, headers, body }` with a text as body: gives what to change of it. */
    spoil = () => ({});
    #server;

    static async open(api) {
        const proxy = new SpoilingProxy();

        proxy.#server = http.createServer((request, response) => {
            proxy.#forward(api, request, response).catch(error => response.destroy(error));
        });
        proxy.#server.listen(0, '127.0.0.1');
        await once(proxy.#server, 'listening');
        proxy.uri = `http://127.0.0.1:${proxy.#server.address().port}`;

        return proxy;
    }

    async #forward(api, request, response) {
        this.requests += 1;
        const { authorization, 'content-type': type } = request.headers;
        const whole = {
            path: request.url,
            headers: { authorization, 'content-type': type },
            body: Buffer.concat(await request.toArray()).toString()
        };
        const { path, headers, body } = { ...whole, ...this.spoil(whole) };
        const answer = await fetch(`${api.uri}${path}`, { method: request.method, headers, body });

        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') });
        response.end(await answer.text());
    }

    close() {
        this.#server.closeAllConnections();
        this.#server.close();
    }
}

module.exports = { SpoilingProxy };
