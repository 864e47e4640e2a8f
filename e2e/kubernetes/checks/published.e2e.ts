import assert = require('node:assert/strict');
import fs = require('node:fs');
import { after, before, describe, it } from 'mocha';
import { freshBuildId, startConfig, startTokenApi, stopConfig } from 'screwdriver-executor-base/testing';
import { docker } from '../../docker/engine';
import Executor = require('screwdriver-executor-base');
import { images } from '../../images';
import { startRegistry } from '../../support/registry';
import { until } from '../../support/until';
import { core, kubeConfig, listing, namespace, needsThisHost, podTemplate, type Listing } from '../cluster';
import { startProxy, type Proxy } from '../proxy';
import type { TokenApi } from 'screwdriver-executor-base/testing';

/** Its pods keep the job tools in this folder of their node, which is this machine here. */
const ON_NODE = '/opt/screwdriver';

describe('screwdriver-executor-k8s 17.3.2, as published, on this base', () => {
    const hadFolder = fs.existsSync(ON_NODE);
    let api: TokenApi;
    let registry: Awaited<ReturnType<typeof startRegistry>>;
    let admission: Proxy;
    let executor: Executor;
    let found: Listing;
    let launcher: string;
    let image: string;
    let buildId: number;

    const podOf = async () => {
        const labelSelector = `sdbuild=${buildId}`;

        return (await core.listNamespacedPod({ namespace, labelSelector })).items[0];
    };

    before(async function () {
        needsThisHost(this);
        found = await listing();
        api = await startTokenApi();
        registry = await startRegistry(docker);
        // It has no option for what this cluster requires of pods.
        admission = await startProxy(kubeConfig, {
            newPod: pod => ({ ...pod, spec: { ...pod.spec, ...podTemplate.spec } })
        });
        launcher = await registry.push(images.jobTools);
        image = await registry.push(images.build('sleeps'));
        buildId = freshBuildId();
        // Loaded after the installation. It has no types.
        const Published = require('screwdriver-executor-k8s') as new (options: object) => Executor;

        executor = new Published({
            ecosystem: { api: api.uri, store: 'http://127.0.0.1:1', ui: 'http://127.0.0.1:1' },
            kubernetes: {
                host: admission.host,
                token: 'of the proxy',
                jobsNamespace: namespace,
                terminationGracePeriodSeconds: 1,
                resources: { cpu: { low: 0.1 }, memory: { low: 0.1 } }
            },
            launchImage: launcher.slice(0, launcher.lastIndexOf(':')),
            launchVersion: '1'
        });
    });

    after(async () => {
        await registry?.close();
        admission?.close();
        await api?.close();
        await until('an empty namespace', async () => JSON.stringify(await listing()) === JSON.stringify(found), 120);
        for (const name of [launcher, image])
            await docker
                .getImage(name)
                .remove({ force: true })
                .catch(() => {});
        if (!hadFolder) fs.rmSync(ON_NODE, { recursive: true, force: true });
    });

    it('extends this base', () => {
        assert.ok(executor instanceof Executor);
    });

    it('starts a build, whose images are pulled, and verifies it once it runs', async () => {
        const config = startConfig(api, { buildId, container: image, annotations: {} });

        // False if the cluster did not have a node for its pod at once.
        assert.equal(typeof (await executor.start(config)), 'boolean');
        await until('a running pod', async () => (await podOf())?.status?.phase === 'Running', 90);
        assert.equal(await executor.verify(config), '');
    });

    it('stops it', async () => {
        await executor.stop(stopConfig(api, { buildId }));
        await until('no pod', async () => (await podOf()) === undefined, 90);
    });

    it('does not implement status', async () => {
        await assert.rejects(executor.status({ buildId }), { message: 'Not implemented' });
    });
});
