'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { after, before, describe, it } = require('mocha');
const { freshBuildId, startConfig, startTokenApi, stopConfig } = require('screwdriver-executor-base/testing');
const Published = require('../node_modules/screwdriver-executor-k8s');
const { docker } = require('../../docker/engine');
const { images } = require('../../images');
const { startRegistry } = require('../../support/registry');
const { until } = require('../../support/until');
const { core, kubeConfig, listing, namespace, needsThisHost, podTemplate } = require('../cluster');
const { startProxy } = require('../proxy');

/** Its pods keep the job tools in this folder of their node, which here is this machine. */
const ON_NODE = '/opt/screwdriver';

describe('screwdriver-executor-k8s 17.3.2, as published, on this base', () => {
    const hadFolder = fs.existsSync(ON_NODE);
    let api;
    let registry;
    let admission;
    let executor;
    let found;
    let launcher;
    let image;
    let buildId;

    const podOf = async () => {
        const labelSelector = `sdbuild=${buildId}`;

        return (await core.listNamespacedPod({ namespace, labelSelector })).items[0];
    };

    before(async function () {
        needsThisHost(this);
        found = await listing();
        api = await startTokenApi();
        registry = await startRegistry(docker);
        // Its pods cannot be told by an option what this cluster asks of them.
        admission = await startProxy(kubeConfig, {
            newPod: pod => ({ ...pod, spec: { ...pod.spec, ...podTemplate.spec } })
        });
        launcher = await registry.push(images.jobTools);
        image = await registry.push(images.build('sleeps'));
        buildId = freshBuildId();
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

    it('stands on this base', () => {
        assert.ok(executor instanceof require('screwdriver-executor-base'));
    });

    it('starts a build, whose images are pulled, and verifies it once it runs', async () => {
        const config = startConfig(api, { buildId, container: image, annotations: {} });

        assert.equal(await executor.start(config), true);
        await until('a running pod', async () => (await podOf()).status.phase === 'Running', 90);
        assert.equal(await executor.verify(config), '');
    });

    it('stops it', async () => {
        await executor.stop(stopConfig(api, { buildId }));
        await until('no pod', async () => (await podOf()) === undefined, 90);
    });

    it('has no status of its own', async () => {
        await assert.rejects(executor.status({ buildId }), { message: 'Not implemented' });
    });
});
