'use strict';

const assert = require('node:assert/strict');
const { exec } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');
const { setTimeout: wait } = require('node:timers/promises');
const { after, before, describe, it } = require('mocha');
const { images } = require('../../images');
const { rejection } = require('../../rejection');
const { until } = require('../../until');
const { core, kubeConfig, listing, phase, pod } = require('../cluster');
const { writeKubeconfig } = require('../kubeconfig');
const { labelNode, oneBuild } = require('../one-build');
const { startProxy } = require('../proxy');

describe('a build on a cluster with faults', () => {
    const build = oneBuild();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-kubeconfig-'));
    let proxy;
    let proxied;
    let lost;

    before(async () => {
        proxy = await startProxy(kubeConfig, { lost: () => lost });
        proxied = { kubeconfig: writeKubeconfig(folder, proxy.host) };
    });

    after(() => {
        proxy?.close();
        fs.rmSync(folder, { recursive: true });
    });

    for (const what of ['request', 'answer']) {
        it(`whose second start fails when the ${what} is lost goes on`, async () => {
            await build.start(images.build('sleeps'));
            const { metadata } = await phase(build.id, 'Running');
            const there = await listing();

            lost = what;
            build.use(proxied);
            const { kind, retryable } = await rejection(build.start(images.build('sleeps')));

            assert.deepEqual({ kind, retryable }, { kind: 'engine', retryable: true });
            assert.deepEqual(await listing(), there);
            assert.equal((await pod(build.id)).metadata.uid, metadata.uid);
            assert.equal((await pod(build.id)).metadata.deletionTimestamp, undefined);
        });
    }

    it('whose pod was made though the answer was lost is not left there', async () => {
        const there = await listing();

        lost = 'answer';
        build.use(proxied);
        await rejection(build.start(images.build('sleeps')));
        assert.deepEqual(await listing(), there);
    });

    it('whose first start failed is well while its second waits for a node', async () => {
        build.use({ nodeWait: 500 });
        build.api.failNext(403);
        await rejection(build.start(images.build('sleeps')));
        await build.start(images.build('sleeps'), { nodeLabel: 'screwdriver-e2e=nowhere' });
        assert.equal(await build.verify(), '');
        assert.match(await build.status(), /waiting for a node|No node of the cluster can take/);
    });

    it('is not touched by the verify of another process, whose exchange fails while the start waits for its own', async () => {
        // Asked again after 20 s.
        build.api.failNext('hang', 403);
        const start = build.start(images.build('sleeps'));

        await until('the exchange of the start', () => build.exchanges() === 1);
        build.use();
        assert.equal((await rejection(build.verify())).code, 'EXECUTOR_EXCHANGE_FORBIDDEN');
        await start;
        await phase(build.id, 'Running');
        assert.equal(await build.verify(), '');
    });

    it('that is stopped at any moment of its start is gone at once', async () => {
        for (let moment = 0; moment < 100; moment += 10) {
            build.use();
            const start = build.start(images.build('sleeps'), { nodeLabel: 'screwdriver-e2e=nowhere' });
            const outcome = Promise.allSettled([start]);

            await wait(moment);
            const begin = performance.now();

            await build.stop();
            await outcome;
            assert.ok(performance.now() - begin < 5_000, `${moment} ms after its start`);
        }
    });

    it('that its node turns away says why', async () => {
        const [node] = (await core.listNode()).items;
        const resources = { limits: { cpu: '1000', memory: '64Mi' } };

        build.use({ spec: { nodeName: node.metadata.name, containers: [{ name: 'build', resources }] } });
        await build.start(images.build('ok')).catch(() => {});
        assert.match(
            await until('the reason', build.verify),
            /^The cluster ended the build's pod: OutOfcpu: .* Start the build again\.$/
        );
    });

    it('that waits for its node while the API server is killed gets it, and its token once', async function () {
        if (!process.env.KUBERNETES_RESTART) {
            console.log('      not run: KUBERNETES_RESTART does not say how this cluster is killed and started again');
            this.skip();
        }
        build.use({ nodeWait: 500 });
        await build.start(images.build('sleeps'), { nodeLabel: 'screwdriver-e2e=here' });
        await promisify(exec)(process.env.KUBERNETES_RESTART);
        await labelNode('here');
        try {
            await phase(build.id, 'Running');
            assert.equal(build.exchanges(), 1);
        } finally {
            await labelNode(null);
        }
    });
});
