import assert = require('node:assert/strict');
import { isDeepStrictEqual } from 'node:util';
import { after, afterEach, before, beforeEach } from 'mocha';
import { freshBuildId, startConfig, startTokenApi, statusConfig, stopConfig } from 'screwdriver-executor-base/testing';
import KubernetesExecutor = require('../../examples/kubernetes-executor/lib/executor');
import { annotations } from '../support/annotations';
import { until } from '../support/until';
import { images } from '../images';
import { core, listing, namespace, podTemplate, type Listing } from './cluster';
import type { BuildId } from 'screwdriver-executor-base';
import type { TokenApi } from 'screwdriver-executor-base/testing';
import type { Options } from '../../examples/kubernetes-executor/lib/settings';

/** What a check asks of its executor: its options, and what is added to the spec of its pods. */
type Asked = Options & { spec?: object };

/** Little, so that many find room on a small node. */
const SMALL = { cpu: 0.05, ram: 0.0625 };

/** The annotations of a build that waits for a node: for one that may come, and for one that never does. */
export const HERE = { nodeLabel: 'screwdriver-e2e=here' };
export const NOWHERE = { nodeLabel: 'screwdriver-e2e=nowhere' };

/** Gives each check of a suite a build and an executor of its own, and sees that neither leaves anything behind. */
export function oneBuild() {
    let api!: TokenApi;
    let executor!: KubernetesExecutor;
    let found: Listing;
    const build = {
        id: 0,
        get api() {
            return api;
        },
        /** From here on the check's executor is one with these options. */
        use(options?: Asked) {
            executor = new KubernetesExecutor(build.options(options));
        },
        options: ({ spec, ...options }: Asked = {}): Options => ({
            namespace,
            jobTools: 'launch',
            jobToolsImage: images.jobTools,
            stopSeconds: 2,
            podTemplate: { ...podTemplate, spec: { ...podTemplate.spec, ...spec } },
            ...options
        }),
        config: (container: string, short: Record<string, unknown> = {}) =>
            startConfig(api, {
                buildId: build.id,
                container,
                annotations: annotations({ ...SMALL, ...short })
            }),
        start: (container: string, short: Record<string, unknown> = {}) =>
            executor.start(build.config(container, short)),
        stop: () => executor.stop(stopConfig(api, { buildId: build.id })),
        status: () => executor.status(statusConfig(api, { buildId: build.id })),
        verify: () => executor.verify(startConfig(api, { buildId: build.id })),
        cleanUp: () => executor.cleanUp(),
        /** Resolves once the cluster is as the suite has found it. */
        gone: () =>
            until('nothing left', async () => isDeepStrictEqual(await listing(), found), 100).catch(async () =>
                assert.deepEqual(await listing(), found)
            ),
        exchanges: () => exchangesOf(api, build.id).length
    };

    before(async () => {
        api = await startTokenApi();
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

    after(() => api.close());

    return build;
}

/** The end of its pod is ordered. A node takes its time to let go of it. */
async function letGo(buildId: BuildId) {
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: `screwdriver.cd/build=${buildId}` });

    for (const { metadata } of items) {
        const { name = '', deletionTimestamp } = metadata ?? {};

        assert.ok(deletionTimestamp, `${name} is not told to end`);
        await core
            .deleteNamespacedPod({ namespace, name, body: { gracePeriodSeconds: 0 } })
            .catch(({ code }) => assert.equal(code, 404));
    }
}

/** What a token API was asked to exchange for a build. */
export function exchangesOf({ requests }: TokenApi, buildId: BuildId) {
    return requests.filter(({ path }) => path === `/v4/builds/${buildId}/token`);
}

/** Does some work while the node has the label that HERE asks for. */
export async function whileNodeIsThere<Result>(work: () => Promise<Result>) {
    await labelNode('here');
    try {
        return await work();
    } finally {
        await labelNode(null);
    }
}

/** Sets a label of the node, or takes it off. */
export async function labelNode(value: string | null) {
    const [node] = (await core.listNode()).items;
    const path = '/metadata/labels/screwdriver-e2e';
    const change = value === null ? { op: 'remove', path } : { op: 'add', path, value };

    return core.patchNode({ name: node?.metadata?.name ?? '', body: [change] });
}
