import { once } from 'node:events';
import http = require('node:http');
import { KubeConfig } from '@kubernetes/client-node';
import type { AddressInfo } from 'node:net';
import type { V1Pod } from '@kubernetes/client-node';

const NAMESPACE = '/api/v1/namespaces/default';

/** The body of an answer, and its status if that is not 200. */
type Answer = { body: unknown; status?: number };
type Items = Map<string, object>;

/** The API of a cluster with the objects that a test puts there. Deleted objects are gone at once. */
export async function startCluster() {
    const pods = new Map<string, V1Pod>();
    const secrets: Items = new Map();
    const logs = new Map<string, string>();
    const requests: string[] = [];
    let fault: number | undefined;
    let onDelete = () => {};

    function answerTo(method: string, { pathname, searchParams }: URL): Answer {
        const [kind = '', name = '', part] = pathname.slice(NAMESPACE.length + 1).split('/');
        const all: Items = kind === 'pods' ? pods : secrets;
        const found = all.get(name);

        if (kind === 'events') return { body: { items: [] } };
        if (!name) {
            const [, wanted] = /^metadata\.name=(.+)$/.exec(searchParams.get('fieldSelector') ?? '') ?? [];
            const items = [...all].filter(([of]) => !wanted || of === wanted).map(([, item]) => item);

            return { body: { metadata: { resourceVersion: '1' }, items } };
        }
        if (!found) return { status: 404, body: { kind: 'Status', code: 404 } };
        if (method === 'DELETE') {
            onDelete();
            all.delete(name);
        }

        return { body: part === 'log' ? (logs.get(name) ?? '') : found };
    }

    const server = http.createServer((request, response) => {
        const { method = '', url = '' } = request;
        const { body, status = 200 } = fault
            ? { status: fault, body: { kind: 'Status', code: fault } }
            : answerTo(method, new URL(url, 'http://cluster'));

        fault = undefined;
        requests.push(`${method} ${url.slice(NAMESPACE.length).replace(/\?.*/, '')}`);
        request.resume();
        response
            .writeHead(status, { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' })
            .end(typeof body === 'string' ? body : JSON.stringify(body));
    });

    await once(server.listen(0, '127.0.0.1'), 'listening');
    const kubeConfig = new KubeConfig();

    kubeConfig.loadFromClusterAndUser(
        {
            name: 'c',
            server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
            skipTLSVerify: true
        },
        { name: 'u', token: 'none' }
    );

    return {
        kubeConfig,
        pods,
        secrets,
        logs,
        /** The requests, each as its method and its path in the namespace. */
        requests,
        /** The next request gets this status. */
        failNext(status: number) {
            fault = status;
        },
        set onDelete(work: () => void) {
            onDelete = work;
        },
        async close() {
            server.close();
            server.closeAllConnections();
            await once(server, 'close');
        }
    };
}
