import { after, before, describe, it } from 'mocha';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import fs = require('node:fs');
import os = require('node:os');
import path = require('node:path');
import { conformance } from 'screwdriver-executor-base/conformance';
import KubernetesExecutor = require('../../../examples/kubernetes-executor/lib/executor');
import { images } from '../../images';
import { until } from '../../support/until';
import { core, listing, namespace, pod, podTemplate, type Listing } from '../cluster';
import { writeKubeconfig } from '../kubeconfig';
import type { BuildId } from 'screwdriver-executor-base';
import type { Options } from '../../../examples/kubernetes-executor/lib/settings';

const options: Options = {
    namespace,
    jobTools: 'launch',
    jobToolsImage: images.jobTools,
    podTemplate,
    stopSeconds: 1,
    nodeWait: 2_000
};
/** Small, so that many fit on a small node. */
const SMALL = { 'screwdriver.cd/cpu': 0.05, 'screwdriver.cd/ram': 0.0625 };

const limits = async (buildId: BuildId) => (await pod(buildId)).spec.containers[0].resources.limits;

describe('the conformance kit', () => {
    /** A cluster that accepts every connection and never answers. */
    const silent = createServer(() => {});
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-kubeconfig-'));

    let found: Listing;

    before(() => once(silent.listen(0, '127.0.0.1'), 'listening'));
    before(async () => {
        found = await listing();
    });
    after(() =>
        until('an empty namespace', async () => JSON.stringify(await listing()) === JSON.stringify(found), 100)
    );
    after(() => {
        silent.close();
        fs.rmSync(folder, { recursive: true });
    });

    conformance({
        describe,
        it,
        factory: () => new KubernetesExecutor(options),
        engineDown: () => new KubernetesExecutor({ ...options, kubeconfig: writeKubeconfig(folder, '127.0.0.1:1') }),
        engineSlow: () =>
            new KubernetesExecutor({
                ...options,
                kubeconfig: writeKubeconfig(folder, `127.0.0.1:${(silent.address() as AddressInfo).port}`),
                // Shorter than an answer may take: a start whose pod does not exist yet must not count as a start.
                nodeWait: 200,
                answerTimeout: 1_000
            }),
        config: { container: images.build('sleeps'), annotations: SMALL },
        duplicateStart: 'joins',
        observe: {
            running: async (executor, buildId) => {
                const labelSelector = `screwdriver.cd/build=${buildId}`;

                return (await core.listNamespacedPod({ namespace, labelSelector })).items;
            },
            args: (executor, buildId) => pod(buildId)
        },
        annotations: {
            cpu: { value: 0.125, honoured: async (executor, buildId) => (await limits(buildId)).cpu === '125m' },
            ram: { value: 0.25, honoured: async (executor, buildId) => (await limits(buildId)).memory === '256Mi' },
            timeout: {
                value: 20,
                honoured: async (executor, buildId) =>
                    (await pod(buildId)).spec.activeDeadlineSeconds === 1200 + 1 + 1800
            },
            nodeLabel: {
                value: 'disk=ssd',
                honoured: async (executor, buildId) => (await pod(buildId)).spec.nodeSelector.disk === 'ssd'
            },
            terminationGracePeriodSeconds: {
                value: 3,
                honoured: async (executor, buildId) => (await pod(buildId)).spec.terminationGracePeriodSeconds === 3
            },
            disk: 'ignored',
            diskSpeed: 'ignored',
            dockerEnabled: 'ignored',
            dockerCpu: 'ignored',
            dockerRam: 'ignored',
            rootlessBuildkitEnabled: 'ignored',
            buildkitCpu: 'ignored',
            buildkitRam: 'ignored'
        },
        gracePeriod: 1_000,
        startTimeout: 60_000,
        callTimeout: 60_000
    });
});
