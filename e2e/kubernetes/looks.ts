/**
 * Prints how many requests per minute an executor's looks cost its cluster, with 1 and with 500 running builds:
 *     node -r tsx/cjs e2e/kubernetes/looks.ts
 */
import fs = require('node:fs');
import os = require('node:os');
import path = require('node:path');
import { setTimeout as wait } from 'node:timers/promises';
import KubernetesExecutor = require('../../examples/kubernetes-executor/lib/executor');
import { startCluster } from '../../examples/kubernetes-executor/test/cluster';
import { podOf } from '../../examples/kubernetes-executor/test/shapes';
import { until } from '../support/until';

const MINUTE = 60_000;

async function count(builds: number) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-looks-'));
    const kubeconfig = path.join(folder, 'config');
    const cluster = await startCluster();

    for (let id = 1; id <= builds; id += 1) {
        const name = `sd-build-${id}`;
        const annotations = {
            'screwdriver.cd/secret': name,
            'screwdriver.cd/api': 'http://127.0.0.1:1',
            'screwdriver.cd/timeout': '90'
        };

        cluster.pods.set(name, {
            ...podOf({ running: { startedAt: new Date() } }),
            metadata: { name, uid: name, labels: { 'screwdriver.cd/build': String(id) }, annotations }
        });
        cluster.secrets.set(name, { data: { SD_TOKEN: Buffer.from('token').toString('base64') } });
    }
    fs.writeFileSync(kubeconfig, cluster.kubeConfig.exportConfig());
    const executor = new KubernetesExecutor({ jobTools: 'launch', kubeconfig });

    // The first look, which reads each build's token.
    await until('the first look', () => cluster.requests.length === 1 + builds, 300);
    const first = cluster.requests.length;

    await wait(MINUTE);
    console.log(
        `${builds} builds: ${first} requests until they are known, then ${cluster.requests.length - first} a minute`
    );
    await executor.cleanUp();
    await cluster.close();
    fs.rmSync(folder, { recursive: true });
}

void Promise.all([1, 500].map(count));
