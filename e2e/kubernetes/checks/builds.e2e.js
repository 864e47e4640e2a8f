'use strict';

const assert = require('node:assert/strict');
const { after, afterEach, before, beforeEach, describe, it } = require('mocha');
const {
    freshBuildId,
    startConfig,
    startTokenApi,
    statusConfig,
    stopConfig
} = require('screwdriver-executor-base/testing');
const KubernetesExecutor = require('../../../examples/kubernetes-executor');
const { images } = require('../../images');
const { claimsIn } = require('../../claims');
const { rejection } = require('../../rejection');
const { until } = require('../../until');
const { core, listing, namespace, output, phase, pod, podTemplate } = require('../cluster');

/** Little, so that many find room on a small node. */
const SMALL = { cpu: 0.05, ram: 0.0625 };

describe('a build in a pod', () => {
    let api;
    let executor;
    let buildId;
    let found;

    const newExecutor = (options = {}) =>
        new KubernetesExecutor({ namespace, jobToolsImage: images.jobTools, podTemplate, ...options });
    const annotations = short =>
        Object.fromEntries(
            Object.entries({ ...SMALL, ...short }).map(([key, value]) => [`screwdriver.cd/${key}`, value])
        );
    const start = (container, short) =>
        executor.start(startConfig(api, { buildId, container, annotations: annotations(short) }));
    const stop = () => executor.stop(stopConfig(api, { buildId }));
    const status = () => executor.status(statusConfig(api, { buildId }));
    const verify = () => executor.verify(startConfig(api, { buildId }));
    const exchanges = () => api.requests.filter(({ path }) => path === `/v4/builds/${buildId}/token`).length;

    before(async () => {
        api = await startTokenApi();
        found = await listing();
    });

    beforeEach(() => {
        buildId = freshBuildId();
        executor = newExecutor();
    });

    afterEach(async () => {
        await stop();
        await executor.cleanUp();
        assert.deepEqual(await listing(), found);
    });

    after(() => api.close());

    it('runs the launch script of the job tools with the contract of a launcher', async () => {
        await start(images.build('ok'));
        const printed = await output(buildId);

        assert.match(printed, new RegExp(`^launch --api-uri ${api.uri} ${buildId}$`, 'm'));
        assert.match(printed, /^mount point \/opt\/sd$/m);
        assert.match(printed, /^at work$/m);
        assert.equal(await status(), `The build's container ended with exit code 0.`);
        assert.equal(await verify(), '');
    });

    it('gives the build a token of its own, exchanged once, by the executor alone', async () => {
        await start(images.build('ok'));
        const claims = claimsIn(await output(buildId));

        assert.deepEqual(claims.scope, ['build']);
        assert.equal(claims.username, buildId);
        assert.equal(exchanges(), 1);
    });

    it('has its token in a Secret that the pod owns, and nowhere in the pod', async () => {
        await start(images.build('sleeps'));
        const { metadata } = await pod(buildId);
        const name = metadata.annotations['screwdriver.cd/secret'];
        const secret = await core.readNamespacedSecret({ namespace, name });
        const token = Buffer.from(secret.data.SD_TOKEN, 'base64').toString();

        assert.equal(secret.metadata.ownerReferences[0].uid, metadata.uid);
        assert.equal(token.split('.').length, 3);
        assert.ok(!JSON.stringify(await pod(buildId)).includes(token));
    });

    it('has the limits, the labels and the deadline of its annotations', async () => {
        await start(images.build('sleeps'), { cpu: 0.125, ram: 0.25, timeout: 2 });
        const { spec, metadata } = await pod(buildId);

        assert.deepEqual(spec.containers[0].resources.limits, { cpu: '125m', memory: '256Mi' });
        assert.equal(spec.activeDeadlineSeconds, 2 * 60 + 300);
        assert.equal(spec.restartPolicy, 'Never');
        assert.equal(metadata.labels['screwdriver.cd/build'], String(buildId));
        assert.equal(metadata.labels['screwdriver.cd/pipeline'], '1');
    });

    it('is reported as running, and found by the executor that comes after a restart', async () => {
        await start(images.build('sleeps'));
        await phase(buildId, 'Running');
        executor = newExecutor();
        assert.equal(await verify(), '');
        assert.match(await status(), /^The build has been running since \d{4}-/);
    });

    it('that ends with exit code 7 says so', async () => {
        await start(images.build('exit-7'));
        await phase(buildId, 'Failed');
        assert.equal(await status(), `The build's container ended with exit code 7.`);
        assert.equal(await verify(), `The build's container ended with exit code 7.`);
    });

    it('that runs out of memory says how much it had and how to get more', async () => {
        await start(images.build('out-of-memory'));
        await phase(buildId, 'Failed');
        assert.equal(
            await verify(),
            'The build ran out of memory: it may use 64Mi. The annotation screwdriver.cd/ram gives more.'
        );
    });

    it('whose image is missing says its name', async () => {
        await start(images.missing);
        assert.match(
            await until('the reason', verify),
            /^The image screwdriver-e2e\/missing:1 cannot be had: check its name and tag\./
        );
    });

    it('whose job tools image is missing says its name', async () => {
        executor = newExecutor({ jobToolsImage: images.missing });
        await start(images.build('ok'));
        assert.match(await until('the reason', verify), /^The image screwdriver-e2e\/missing:1 cannot be had/);
    });

    it('whose job tools cannot be copied says so', async () => {
        executor = newExecutor({ jobToolsImage: images.noLaunch });
        await start(images.build('ok'));
        assert.match(await until('the reason', verify), /^The job tools could not be copied out of .*no-launch:1/);
    });

    it('whose image has no shell for the launch script says so', async () => {
        await start(images.noShell);
        assert.match(await until('the reason', verify), /^The launch script \/opt\/sd\/launch cannot run in the image/);
    });

    it('that the API gives no token does not start', async () => {
        api.failNext(403);
        const error = await rejection(start(images.build('ok')));

        assert.equal(error.code, 'EXECUTOR_EXCHANGE_FORBIDDEN');
        assert.deepEqual(await listing(), found);
        assert.equal(await verify(), error.userMessage);
    });

    it('that no node can take says so, has no token yet, and gets it once a node can', async () => {
        executor = newExecutor({ nodeWait: 500 });
        await start(images.build('sleeps'), { nodeLabel: 'screwdriver-e2e=here' });
        assert.match(await until('the reason', verify), /^No node of the cluster can take the build: 0\/\d+ nodes/);
        assert.equal(exchanges(), 0);

        const [{ metadata }] = (await core.listNode()).items;

        await label(metadata.name, 'here');
        try {
            await phase(buildId, 'Running');
            assert.equal(exchanges(), 1);
            assert.equal(await verify(), '');
        } finally {
            await label(metadata.name, null);
        }
    });

    it('whose start the executor left behind when it was shut down is gone on with by verify', async () => {
        executor = newExecutor({ nodeWait: 500 });
        await start(images.build('sleeps'), { nodeLabel: 'screwdriver-e2e=here' });
        await executor.cleanUp();
        const [{ metadata }] = (await core.listNode()).items;

        executor = newExecutor();
        await label(metadata.name, 'here');
        try {
            await until('the node', async () => (await pod(buildId)).spec.nodeName);
            assert.equal(exchanges(), 0);
            await verify();
            await phase(buildId, 'Running');
            assert.equal(exchanges(), 1);
        } finally {
            await label(metadata.name, null);
        }
    });

    it('that ignores TERM is killed after its grace period', async () => {
        await start(images.build('ignores-term'), { terminationGracePeriodSeconds: 2 });
        await phase(buildId, 'Running');
        const begin = performance.now();

        await stop();
        assert.ok(performance.now() - begin > 1_900);
    });

    it('that takes longer than its deadline is ended, and the reason is known', async () => {
        executor = newExecutor({ deadlineBuffer: 0 });
        await start(images.build('sleeps'), { timeout: 0.05 });
        await phase(buildId, 'Failed');
        const reason = 'The build was ended: it took longer than its pod may, 3 seconds.';

        assert.equal(await verify(), reason);
        assert.equal(await status(), reason);
    });

    it('that the node evicts says so, and what to do', async () => {
        const volumes = [{ name: 'job-tools', emptyDir: { sizeLimit: '1Ki' } }];

        executor = newExecutor({ podTemplate: { ...podTemplate, spec: { ...podTemplate.spec, volumes } } });
        await start(images.build('sleeps'));
        await phase(buildId, 'Failed');
        assert.match(await verify(), /^The cluster evicted the build's pod: .*job-tools.* Start the build again\.$/);
    });

    it('started twice is refused by name, and the first goes on', async () => {
        await start(images.build('sleeps'));
        const error = await rejection(start(images.build('sleeps')));

        assert.equal(error.code, 'KUBERNETES_BUILD_EXISTS');
        assert.match(error.message, new RegExp(`Build ${buildId} `));
        await phase(buildId, 'Running');
    });

    it('can be stopped twice, and was never there for status and verify', async () => {
        await start(images.build('sleeps'));
        await stop();
        await stop();
        assert.match(await status(), /^The build has no pod on this cluster/);
        assert.match(await verify(), /^The build has no pod on this cluster/);
    });
});

/** Sets the node's label, or takes it off. */
function label(name, value) {
    const path = '/metadata/labels/screwdriver-e2e';
    const change = value === null ? { op: 'remove', path } : { op: 'add', path, value };

    return core.patchNode({ name, body: [change] });
}
