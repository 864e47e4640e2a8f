import assert = require('node:assert/strict');
import fs = require('node:fs');
import os = require('node:os');
import path = require('node:path');
import { inspect } from 'node:util';
import { after, before, describe, it } from 'mocha';
import { freshBuildId, startConfig, startTokenApi } from 'screwdriver-executor-base/testing';
import KubernetesExecutor = require('../../../examples/kubernetes-executor/lib/executor');
import { rejection } from '../../support/rejection';
import { kubeConfig } from '../cluster';
import { startProxy, type Proxy } from '../proxy';
import type { TokenApi } from 'screwdriver-executor-base/testing';

const TOKEN = 'eyJhbGciOiJub25lIn0';

describe('a kubeconfig', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-kubeconfig-'));
    const kubeconfig = path.join(folder, 'config');
    const whole = {
        clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
        users: [{ name: 'u', user: { token: TOKEN } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x'
    };
    const executorOf = (content: unknown) => {
        fs.writeFileSync(kubeconfig, typeof content === 'string' ? content : JSON.stringify(content));

        return new KubernetesExecutor({ jobTools: 'launch', kubeconfig });
    };
    let api: TokenApi;
    let proxy: Proxy;

    before(async () => {
        api = await startTokenApi();
        proxy = await startProxy(kubeConfig, {});
    });

    after(async () => {
        proxy?.close();
        await api?.close();
        fs.rmSync(folder, { recursive: true });
    });

    const cluster = (changes: object) => ({ ...whole, clusters: [{ name: 'c', cluster: changes }] });
    const unusable: Record<string, [unknown, string]> = {
        'without a current context': [{ ...whole, 'current-context': undefined }, 'has no current context'],
        'with a context without a cluster': [{ ...whole, clusters: [] }, 'has no current context'],
        'with a cluster without an address': [cluster({ proxy: 'x' }), 'clusters[0].cluster.server is missing'],
        'with an address without a scheme': [cluster({ server: '127.0.0.1:1' }), 'has a cluster without https'],
        'that sends the token unencrypted': [cluster({ server: 'http://127.0.0.1:1' }), 'has a cluster without https'],
        'that cannot be parsed': [`users:\n- {name: u, user: {token: ${TOKEN}\n`, 'cannot be read'],
        'that is empty': ['', 'it is empty']
    };

    for (const [what, [content, words]] of Object.entries(unusable)) {
        it(`${what} is refused when the executor is constructed, with what to do and without its token`, () => {
            assert.throws(
                () => executorOf(content),
                (error: any) => {
                    const { code, kind, retryable } = error;

                    assert.deepEqual(
                        { code, kind, retryable },
                        { code: 'KUBERNETES_CONFIG', kind: 'configuration', retryable: false }
                    );
                    assert.ok(error.message.includes(words), error.message);
                    assert.match(error.message, /option kubeconfig, or in KUBECONFIG$/);

                    return !inspect(error, { depth: null, showHidden: true }).includes(TOKEN);
                }
            );
        });
    }

    it('that does not exist is refused', () => {
        assert.throws(
            () => new KubernetesExecutor({ jobTools: 'launch', kubeconfig: path.join(folder, 'nowhere') }),
            /ENOENT/
        );
    });

    it('that is neither named nor found is refused', () => {
        const { KUBECONFIG, HOME } = process.env;

        delete process.env.KUBECONFIG;
        process.env.HOME = folder;
        try {
            assert.throws(() => new KubernetesExecutor({ jobTools: 'launch' }), {
                code: 'KUBERNETES_CONFIG',
                message: /is not there/
            });
        } finally {
            Object.assign(process.env, { KUBECONFIG, HOME });
        }
    });

    /** A cluster with an unknown certificate at the address of another server. */
    const elsewhere = (host: string) => cluster({ server: `https://${host}`, 'insecure-skip-tls-verify': true });

    it('with the address of a web page makes each call fail for good', async () => {
        const page = await startProxy(kubeConfig, { fault: () => ({ status: 200, body: '<html>' }) });

        try {
            const executor = executorOf(elsewhere(page.host));
            const config = startConfig(api, { buildId: freshBuildId(), container: 'a' });

            for (const operation of ['start', 'verify', 'status', 'stop'] as const) {
                const { code, kind, retryable } = await rejection(executor[operation](config));

                assert.deepEqual(
                    { operation, code, kind, retryable },
                    { operation, code: 'KUBERNETES_CLUSTER', kind: 'configuration', retryable: false }
                );
            }
        } finally {
            page.close();
        }
    });

    it('whose plug-in does not end makes the start fail in time', async () => {
        const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sleep', args: ['5'] };

        fs.writeFileSync(kubeconfig, JSON.stringify({ ...whole, users: [{ name: 'u', user: { exec } }] }));
        const executor = new KubernetesExecutor({ jobTools: 'launch', kubeconfig, answerTimeout: 300 });
        const begin = performance.now();
        const error = await rejection(executor.status({ buildId: freshBuildId() }));

        assert.equal(error.code, 'KUBERNETES_TIMEOUT');
        assert.ok(performance.now() - begin < 3_000);
    });

    const unfit = {
        'whose authority does not exist': () => cluster({ server: 'https://x', 'certificate-authority': '/nowhere' }),
        'with another authority than the cluster': () => cluster({ server: `https://${proxy.host}` }),
        'with TLS for a server without it': () => cluster({ server: api.uri.replace('http', 'https') }),
        'whose plug-in does not exist': () => ({
            ...whole,
            users: [
                { name: 'u', user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'nowhere' } } }
            ]
        })
    };

    for (const [what, content] of Object.entries(unfit)) {
        it(`${what} makes the start fail for good`, async () => {
            const config = startConfig(api, { buildId: freshBuildId(), container: 'a' });
            const error = await rejection(executorOf(content()).start(config));

            assert.deepEqual(
                { code: error.code, kind: error.kind, retryable: error.retryable },
                { code: 'KUBERNETES_CLUSTER', kind: 'configuration', retryable: false },
                error.stack
            );
            assert.ok(!inspect(error, { depth: null, showHidden: true }).includes(TOKEN));
        });
    }
});
