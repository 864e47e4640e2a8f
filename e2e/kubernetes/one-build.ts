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

/** What a check requests of its executor: its options, and additions to the spec of its pods. */
type Asked = Options & { spec?: object };

/** Small, so that many fit on a small node. */
const SMALL = { cpu: 0.05, ram: 0.0625 };

/** The annotations of a build that waits for a node: one that may come, or one that never does. */
export const HERE = { nodeLabel: 'screwdriver-e2e=here' };
export const NOWHERE = { nodeLabel: 'screwdriver-e2e=nowhere' };

/** Gives each check of a suite its own build and executor, and checks that they leave nothing behind. */
export function oneBuild() {
    let api!: TokenApi;
    let executor!: KubernetesExecutor;
    let found: Listing;
    const build = {
        id: 0,
        get api() {
            return api;
        },
        /** From now on the check uses an executor with these options. */
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
        /** Resolves once the cluster is as the suite found it. */
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

/** Removes the build's pod at once, since a node needs some time to release it. Its end must already be ordered. */
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

/** The requests of exchanges for a build that a token API got. */
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

/** Sets or removes the label of the node. */
export async function labelNode(value: string | null) {
    const [node] = (await core.listNode()).items;
    const path = '/metadata/labels/screwdriver-e2e';
    const change = value === null ? { op: 'remove', path } : { op: 'add', path, value };

    return core.patchNode({ name: node?.metadata?.name ?? '', body: [change] });
}
