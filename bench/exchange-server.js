'use strict';

// A token API in a process of its own, so that its work is not counted: the same answer to whatever it is asked.
require('tsx/cjs');
const { createServer: createHttpServer } = require('node:http');
const { createServer: createTlsServer } = require('node:https');
const { certificate, keyOf } = require('../test/exchange/certificates');

const body = JSON.stringify({ token: process.argv[2] });
const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) };

function answer(request, response) {
    request.resume().once('end', () => response.writeHead(200, headers).end(body));
}

const servers = {
    http: createHttpServer(answer),
    https: createTlsServer({ cert: certificate('trusted'), key: keyOf('trusted') }, answer)
};

Promise.all(
    Object.entries(servers).map(
        ([protocol, server]) =>
            new Promise(resolve => {
                server.listen(0, '127.0.0.1', () =>
                    resolve([protocol, `${protocol}://127.0.0.1:${server.address().port}`])
                );
            })
    )
).then(uris => process.send(Object.fromEntries(uris)));
