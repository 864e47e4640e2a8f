'use strict';

const { execFileSync } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const https = require('node:https');
const os = require('node:os');
const path = require('node:path');
const { text } = require('node:stream/consumers');

const asItIs = body => body;

/**
 * The request is lost, or its answer; nothing is ever said to it; or the cluster gives this answer.
 *
 * @typedef {'request' | 'answer' | 'silence' | { status: number, body: object }} Fault
 */
/**
 * The cluster's API with something in between, at a port of its own. Whoever comes is let in, with the credentials of the
 * kubeconfig.
 *
 * @param {import('@kubernetes/client-node').KubeConfig} kubeConfig
 * @param {object} between
 * @param {(pod: object) => object} [between.newPod] what is made of a pod before the cluster gets it
 * @param {(method: string, url: string) => Fault | void | Promise<Fault | void>} [between.fault] what goes wrong with a
 *     request, which is held until that is known
 */
async function startProxy(kubeConfig, { newPod = asItIs, fault = () => {} }) {
    const credentials = {};

    await kubeConfig.applyToHTTPSOptions(credentials);
    const proxy = https.createServer(certificate(), async (request, response) => {
        const { method, url } = request;
        const headers = { ...request.headers };

        delete headers.host;
        delete headers.authorization;
        const isNewPod = method === 'POST' && url.endsWith('/pods');
        const body = await text(request);
        const what = await fault(method, url);

        if (what === 'silence') return;
        if (what === 'request') {
            request.socket.destroy();

            return;
        }
        if (what?.status) {
            response.writeHead(what.status, { 'content-type': 'application/json' }).end(JSON.stringify(what.body));

            return;
        }
        const sent = isNewPod ? JSON.stringify(newPod(JSON.parse(body))) : body;
        const onward = https.request(new URL(url, kubeConfig.getCurrentCluster().server), {
            ...credentials,
            method,
            headers: { ...headers, ...credentials.headers, 'content-length': Buffer.byteLength(sent) }
        });

        onward.on('error', () => response.destroy());
        onward.on('response', answer => {
            if (what === 'answer') {
                answer.resume();
                request.socket.destroy();

                return;
            }
            response.writeHead(answer.statusCode, answer.headers);
            answer.pipe(response);
        });
        response.on('close', () => onward.destroy());
        onward.end(sent);
    });

    await once(proxy.listen(0, '127.0.0.1'), 'listening');

    return {
        host: `127.0.0.1:${proxy.address().port}`,
        close() {
            proxy.close();
            proxy.closeAllConnections();
        }
    };
}

function certificate() {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-proxy-'));
    const [key, cert] = ['key', 'cert'].map(name => path.join(folder, name));
    const kind = '-x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost'.split(' ');

    try {
        execFileSync('openssl', ['req', ...kind, '-keyout', key, '-out', cert], { stdio: 'ignore' });

        return { key: fs.readFileSync(key), cert: fs.readFileSync(cert) };
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

module.exports = { startProxy };
