'use strict';

const { execFileSync } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const https = require('node:https');
const os = require('node:os');
const path = require('node:path');
const { text } = require('node:stream/consumers');

/**
 * The cluster's API with what an admission controller would add to each pod: the template's `spec`. For executors whose
 * pods cannot be told otherwise what this cluster asks of them. Resolves with its host and port.
 */
async function startAdmission(server, { spec = {} }) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-admission-'));
    const [key, cert] = ['key', 'cert'].map(name => path.join(folder, name));

    execFileSync(
        'openssl',
        [
            'req',
            '-x509',
            '-newkey',
            'rsa:2048',
            '-nodes',
            '-days',
            '1',
            '-subj',
            '/CN=localhost',
            '-keyout',
            key,
            '-out',
            cert
        ],
        { stdio: 'ignore' }
    );
    const proxy = https.createServer(
        { key: fs.readFileSync(key), cert: fs.readFileSync(cert) },
        async (request, response) => {
            const { method, url, headers } = request;
            const body = await text(request);
            const isPod = method === 'POST' && url.endsWith('/pods');
            const sent = isPod ? withSpec(JSON.parse(body), spec) : body;
            const onward = https.request(new URL(url, server), {
                method,
                headers: { ...headers, 'content-length': Buffer.byteLength(sent) },
                rejectUnauthorized: false
            });

            onward.on('error', () => response.destroy());
            onward.on('response', answer => {
                response.writeHead(answer.statusCode, answer.headers);
                answer.pipe(response);
            });
            onward.end(sent);
        }
    );

    fs.rmSync(folder, { recursive: true });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');

    return {
        host: `127.0.0.1:${proxy.address().port}`,
        close() {
            proxy.close();
            proxy.closeAllConnections();
        }
    };
}

function withSpec(pod, spec) {
    return JSON.stringify({ ...pod, spec: { ...pod.spec, ...spec } });
}

module.exports = { startAdmission };
