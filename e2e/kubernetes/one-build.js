'use strict';

const assert = require('node:assert/strict');
const { isDeepStrictEqual } = require('node:util');
const { after, afterEach, before, beforeEach } = require('mocha');
const {
    freshBuildId,
    startConfig,
    startTokenApi,
    statusConfig,
    stopConfig
} = require('screwdriver-executor-base/testing');
const KubernetesExecutor = require('../../examples/kubernetes-executor');
const { annotations } = require('../support/annotations');
const { until } = require('../support/until');
const { images } = require('../images');
const { core, listing, namespace, podTemplate } = require('./cluster');

/** Little, so that many find room on a small node. */
const SMALL = { cpu: 0.05, ram: 0.0625 };

/** The annotations of a build that waits for a node: for one that may come, and for one that never does. */
const HERE = { nodeLabel: 'screwdriver-e2e=here' };
const NOWHERE = { nodeLabel: 'screwdriver-e2e=nowhere' };

/** Gives each check of a suite a build and an executor of its own, and sees that neither leaves anything behind. */
function oneBuild() {
    let executor;
    let found;
    const build = {
        id: 0,
        api: undefined,
        /** From here on the check's executor is one with these options. */
        use(options) {
            executor = new KubernetesExecutor(build.options(options));
        },
        options: ({ spec, ...options } = {}) => ({
            namespace,
            jobTools: 'launch',
            jobToolsImage: images.jobTools,
            stopSeconds: 2,
            podTemplate: { ...podTemplate, spec: { ...podTemplate.spec, ...spec } },
            ...options
        }),
        config: (container, short) =>
            startConfig(build.api, {
                buildId: build.id,
                container,
                annotations: annotations({ ...SMALL, ...short })
            }),
        start: (container, short) => executor.start(build.config(container, short)),
        stop: () => executor.stop(stopConfig(build.api, { buildId: build.id })),
        status: () => executor.status(statusConfig(build.api, { buildId: build.id })),
        verify: () => executor.verify(startConfig(build.api, { buildId: build.id })),
        cleanUp: () => executor.cleanUp(),
        /** Resolves once the cluster is as the suite has found it. */
        gone: () =>
            until('nothing left', async () => isDeepStrictEqual(await listing(), found), 100).catch(async () =>
                assert.deepEqual(await listing(), found)
            ),
        exchanges: () => exchangesOf(build.api, build.id).length
    };

    before(async () => {
        build.api = await startTokenApi();
        found = await listing();
    });

    beforeEach(() => {
        build.id = freshBuildId();
        build.use();
    });

    afterEach(async () => {
        await build.stop();
        await build.cleanUp();
        await letGo(build.id);
        await build.gone();
    });

    after(() => build.api.close());

    return build;
}

/** The end of its pod is ordered. A node takes its time to let go of it. */
async function letGo(buildId) {
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: `screwdriver.cd/build=${buildId}` });

    for (const { metadata } of items) {
        assert.ok(metadata.deletionTimestamp, `${metadata.name} is not told to end`);
        await core
            .deleteNamespacedPod({ namespace, name: metadata.name, body: { gracePeriodSeconds: 0 } })
            .catch(({ code }) => assert.equal(code, 404));
    }
}

/** What a token API was asked to exchange for a build. */
function exchangesOf({ requests }, buildId) {
    return requests.filter(({ path }) => path === `/v4/builds/${buildId}/token`);
}

/** Does some work while the node has the label that HERE asks for. */
async function whileNodeIsThere(work) {
    await labelNode('here');
    try {
        return await work();
    } finally {
        await labelNode(null);
    }
}

/** Sets a label of the node, or takes it off. */
async function labelNode(value) {
    const [{ metadata }] = (await core.listNode()).items;
    const path = '/metadata/labels/screwdriver-e2e';
    const change = value === null ? { op: 'remove', path } : { op: 'add', path, value };

    return core.patchNode({ name: metadata.name, body: [change] });
}

module.exports = { HERE, NOWHERE, exchangesOf, oneBuild, whileNodeIsThere };
