'use strict';

// Exchanges a token with an API over TLS, and prints the host that the proxy was asked for. AGENT=1 passes an agent.
// Otherwise the environment configures Node's own agents.

const { createHash, createPrivateKey } = require('node:crypto');
const { readFileSync } = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const net = require('node:net');
const path = require('node:path');
const { HttpsProxyAgent } = require('https-proxy-agent');
const Executor = require('screwdriver-executor-base');

const pem = name => readFileSync(path.join(process.env.CERTIFICATES, `${name}.pem`), 'utf8');
const TOKEN = `x.${Buffer.from('{"scope":["temporal"]}').toString('base64url')}.x`;

/** As in test/exchange/certificates.ts: the key of a certificate is computed from its name. */
function keyOf(name) {
    const seed = createHash('sha256').update(name).digest();
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);

    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' });
}

async function listen(server, port = 0) {
    await new Promise(resolve => server.listen(port, '127.0.0.1', resolve));

    return server.address().port;
}

async function main() {
    const asked = [];
    const api = https.createServer({ cert: pem('trusted'), key: keyOf('trusted') }, (request, response) =>
        response.end(JSON.stringify({ token: 'fresh' }))
    );
    const proxy = http.createServer().on('connect', ({ url }, socket, head) => {
        asked.push(url);
        const upstream = net.connect(Number(url.split(':')[1]), '127.0.0.1', () => {
            socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
            upstream.write(head);
            upstream.pipe(socket).pipe(upstream);
        });

        for (const end of [socket, upstream]) end.on('error', () => {});
    });
    const port = await listen(api);
    const proxyPort = await listen(proxy, Number(process.env.PROXY_PORT));
    const agent = process.env.AGENT && new HttpsProxyAgent(`http://127.0.0.1:${proxyPort}`);
    const token = await new Executor().exchangeTokenForBuild(
        { token: TOKEN, apiUri: `https://127.0.0.1:${port}`, buildId: 1 },
        45,
        { ca: pem('authority'), attempts: 1, ...(agent && { agent }) }
    );

    console.log(JSON.stringify({ token, asked: asked.map(url => (url === `127.0.0.1:${port}` ? 'api' : url)) }));
    process.exit();
}

main();
