'use strict';

const assert = require('node:assert/strict');
const { after, afterEach, before, beforeEach } = require('mocha');
const {
    freshBuildId,
    startConfig,
    startTokenApi,
    statusConfig,
    stopConfig
} = require('screwdriver-executor-base/testing');
const KubernetesExecutor = require('../../examples/kubernetes-executor');
const { annotations } = require('../annotations');
const { images } = require('../images');
const { core, listing, namespace, podTemplate } = require('./cluster');

/** Little, so that many find room on a small node. */
const SMALL = { cpu: 0.05, ram: 0.0625 };

/** Gives each check of a suite a build and an executor of its own, and sees that neither leaves anything behind. */
function oneBuild() {
    let executor;
    let found;
    const build = {
        id: 0,
        api: undefined,
        /** From here on the check's executor is one with these options. */
        use({ spec, ...options } = {}) {
            executor = new KubernetesExecutor({
                namespace,
                jobToolsImage: images.jobTools,
                podTemplate: { ...podTemplate, spec: { ...podTemplate.spec, ...spec } },
                ...options
            });
        },
        start: (container, short) =>
            executor.start(
                startConfig(build.api, {
                    buildId: build.id,
                    container,
                    annotations: annotations({ ...SMALL, ...short })
                })
            ),
        stop: () => executor.stop(stopConfig(build.api, { buildId: build.id })),
        status: () => executor.status(statusConfig(build.api, { buildId: build.id })),
        verify: () => executor.verify(startConfig(build.api, { buildId: build.id })),
        cleanUp: () => executor.cleanUp(),
        exchanges: () => build.api.requests.filter(({ path }) => path === `/v4/builds/${build.id}/token`).length
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
        assert.deepEqual(await listing(), found);
    });

    after(() => build.api.close());

    return build;
}

/** Sets a label of the node that `nodeLabel: 'screwdriver-e2e=here'` asks for, or takes it off. */
async function labelNode(value) {
    const [{ metadata }] = (await core.listNode()).items;
    const path = '/metadata/labels/screwdriver-e2e';
    const change = value === null ? { op: 'remove', path } : { op: 'add', path, value };

    return core.patchNode({ name: metadata.name, body: [change] });
}

module.exports = { labelNode, oneBuild };
