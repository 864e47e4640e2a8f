import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs = require('node:fs');
import https = require('node:https');
import os = require('node:os');
import path = require('node:path');
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import type { KubeConfig, V1Pod } from './cluster';

export type Proxy = Awaited<ReturnType<typeof startProxy>>;

const asItIs = (pod: V1Pod): object => pod;

/** The request or its answer is lost, the request never gets an answer, or the cluster gives this answer. */
export type Fault = 'request' | 'answer' | 'silence' | { status: number; body: unknown };
/** Decides what goes wrong with a request, which is held until then. */
export type FaultOf = (method: string, url: string) => Fault | undefined | Promise<Fault | undefined>;

/** A proxy of the cluster's API at its own port. Every client gets in, with the credentials of the kubeconfig. */
export async function startProxy(
    kubeConfig: KubeConfig,
    {
        newPod = asItIs,
        fault = () => undefined
    }: {
        /** Changes a pod before the cluster gets it. */
        newPod?: (pod: V1Pod) => object;
        fault?: FaultOf;
    }
) {
    const credentials: https.RequestOptions = {};

    await kubeConfig.applyToHTTPSOptions(credentials);
    const proxy = https.createServer(certificate(), async (request, response) => {
        const { method = '', url = '' } = request;
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
        if (typeof what === 'object') {
            response.writeHead(what.status, { 'content-type': 'application/json' }).end(JSON.stringify(what.body));

            return;
        }
        const sent = isNewPod ? JSON.stringify(newPod(JSON.parse(body))) : body;
        const onward = https.request(new URL(url, kubeConfig.getCurrentCluster()?.server), {
            ...credentials,
            method,
            headers: { ...headers, ...(credentials.headers as object), 'content-length': Buffer.byteLength(sent) }
        });

        onward.on('error', () => response.destroy());
        onward.on('response', answer => {
            if (what === 'answer') {
                answer.resume();
                request.socket.destroy();

                return;
            }
            response.writeHead(answer.statusCode ?? 502, answer.headers);
            answer.pipe(response);
        });
        response.on('close', () => onward.destroy());
        onward.end(sent);
    });

    await once(proxy.listen(0, '127.0.0.1'), 'listening');

    return {
        host: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
        close() {
            proxy.close();
            proxy.closeAllConnections();
        }
    };
}

function certificate() {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-proxy-'));
    const [key, cert] = [path.join(folder, 'key'), path.join(folder, 'cert')];
    const kind = '-x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost'.split(' ');

    try {
        execFileSync('openssl', ['req', ...kind, '-keyout', key, '-out', cert], { stdio: 'ignore' });

        return { key: fs.readFileSync(key), cert: fs.readFileSync(cert) };
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}
