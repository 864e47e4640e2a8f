// A token API in a separate process, so that its work is not counted. It gives the same answer to every request.
// Requests to /waiting wait forever; /count returns how many do.
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { certificate, keyOf } from '../test/exchange/certificates';

const body = JSON.stringify({ token: process.argv[2] });
const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) };
let waiting = 0;

const answer: RequestListener = (request, response) => {
    const { url = '' } = request;

    if (url === '/count') response.end(String(waiting));
    else if (url.startsWith('/waiting')) {
        waiting += 1;
        response.once('close', () => (waiting -= 1));
    } else request.resume().once('end', () => response.writeHead(200, headers).end(body));
};

const servers = {
    http: createHttpServer(answer),
    https: createTlsServer({ cert: certificate('trusted'), key: keyOf('trusted') }, answer)
};
const uris = Object.entries(servers).map(
    ([protocol, server]) =>
        new Promise<[string, string]>(resolve => {
            server.listen(0, '127.0.0.1', 4096, () => {
                resolve([protocol, `${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}`]);
            });
        })
);

void Promise.all(uris).then(found => process.send!(Object.fromEntries(found)));
