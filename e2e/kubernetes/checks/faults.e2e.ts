import assert = require('node:assert/strict');
import fs = require('node:fs');
import os = require('node:os');
import path = require('node:path');
import { setTimeout as wait } from 'node:timers/promises';
import { after, afterEach, before, describe, it } from 'mocha';
import { images } from '../../images';
import { rejection } from '../../support/rejection';
import { until } from '../../support/until';
import { core, kubeConfig, listing, phase, pod } from '../cluster';
import { writeKubeconfig } from '../kubeconfig';
import { HERE, NOWHERE, oneBuild, whileNodeIsThere } from '../one-build';
import { startProxy, type Fault, type FaultOf, type Proxy } from '../proxy';

describe('a build on a cluster with faults', () => {
    const build = oneBuild();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-kubeconfig-'));
    let proxy: Proxy;
    let proxied: { kubeconfig: string };
    let fault: FaultOf | undefined;

    /** The next request of this kind has this fault. */
    const failOnce = (method: string, url: RegExp, what: Fault) => {
        fault = (...request) => {
            if (request[0] !== method || !url.test(request[1])) return undefined;
            fault = undefined;

            return what;
        };
    };
    const quotaConflict = {
        status: 409,
        body: {
            reason: 'Conflict',
            message: 'Operation cannot be fulfilled on resourcequotas "builds": the object has been modified'
        }
    };

    /** What an account without the rights gets, and every account from an API server that has just started. */
    const denied = {
        status: 403,
        body: { reason: 'Forbidden', message: 'pods is forbidden: User "builds" cannot list resource "pods"' }
    };

    before(async () => {
        proxy = await startProxy(kubeConfig, { fault: (...request) => fault?.(...request) });
        proxied = { kubeconfig: writeKubeconfig(folder, proxy.host) };
    });

    afterEach(() => {
        fault = undefined;
    });

    after(() => {
        proxy?.close();
        fs.rmSync(folder, { recursive: true });
    });

    for (const what of ['request', 'answer'] as const) {
        it(`continues if its second start loses its ${what}, and that start resolves`, async () => {
            await build.start(images.build('sleeps'));
            const { metadata } = await phase(build.id, 'Running');
            const there = await listing();

            failOnce('POST', /\/pods$/, what);
            build.use(proxied);
            await build.start(images.build('sleeps'));
            assert.equal(fault, undefined);
            assert.deepEqual(await listing(), there);
            assert.equal((await pod(build.id)).metadata.uid, metadata.uid);
            assert.equal((await pod(build.id)).metadata.deletionTimestamp, undefined);
        });

        it(`gets its token although the ${what} of the Secret is lost`, async () => {
            failOnce('POST', /\/secrets$/, what);
            build.use(proxied);
            await build.start(images.build('sleeps'));
            assert.equal(fault, undefined);
            await phase(build.id, 'Running');
            assert.equal(build.exchanges(), 1);
        });

        it(`is stopped although the ${what} is lost`, async () => {
            build.use(proxied);
            for (const path of [/\/secrets\//, /\/pods\//]) {
                await build.start(images.build('sleeps'));
                failOnce('DELETE', path, what);
                await build.stop();
                assert.equal(fault, undefined);
                await build.gone();
            }
        });
    }

    it('starts and stops although the cluster denies access at first, as one that has just started does', async () => {
        const denyFor = (milliseconds: number) => {
            const end = performance.now() + milliseconds;

            fault = () => (performance.now() < end ? denied : undefined);
        };

        build.use(proxied);
        denyFor(3000);
        await build.start(images.build('sleeps'));
        await phase(build.id, 'Running');
        denyFor(3000);
        await build.stop();
        await build.gone();
    });

    it('that denies access for good is reported to the administrators', async () => {
        fault = () => denied;
        build.use(proxied);
        const { code, kind, userMessage } = await rejection(build.start(images.build('sleeps')));

        fault = undefined;
        assert.deepEqual({ code, kind }, { code: 'KUBERNETES_CLUSTER', kind: 'authentication' });
        assert.match(userMessage, /does not let the executor run builds/);
    });

    it('uses its pod if the pod was made but the answer was lost', async () => {
        failOnce('POST', /\/pods$/, 'answer');
        build.use(proxied);
        await build.start(images.build('sleeps'));
        assert.equal(fault, undefined);
        await phase(build.id, 'Running');
    });

    it('uses its pod if the pod was made by a cluster that was then unreachable', async () => {
        let lost = 0;

        fault = (method, url) => {
            if (method === 'POST' && url.endsWith('/pods')) return 'answer';

            // The looks that immediately follow.
            return method === 'GET' && (lost += 1) <= 3 ? 'request' : undefined;
        };
        build.use(proxied);
        await build.start(images.build('sleeps'));
        assert.ok(lost > 3);
        await phase(build.id, 'Running');
    });

    it('is well if it is verified before its pod exists', async () => {
        const start = build.start(images.build('sleeps'));

        assert.equal(await build.verify(), '');
        await start;
    });

    it('can be started again after a conflict over its quota, and leaves nothing', async () => {
        const there = await listing();

        failOnce('POST', /\/pods$/, quotaConflict);
        build.use(proxied);
        const { kind, retryable } = await rejection(build.start(images.build('sleeps')));

        assert.deepEqual({ kind, retryable }, { kind: 'capacity', retryable: true });
        assert.deepEqual(await listing(), there);
    });

    it('gets its token despite a conflict over its quota', async () => {
        failOnce('POST', /\/secrets$/, quotaConflict);
        build.use(proxied);
        await build.start(images.build('sleeps'));
        assert.equal(fault, undefined);
        await phase(build.id, 'Running');
        assert.equal(build.exchanges(), 1);
    });

    it('is well after a failed first start while its second waits for a node', async () => {
        build.use({ nodeWait: 500 });
        build.api.failNext(403);
        await rejection(build.start(images.build('sleeps')));
        await build.start(images.build('sleeps'), NOWHERE);
        assert.equal(await build.verify(), '');
        assert.match(await build.status(), /waiting for a node|No node of the cluster can take/);
    });

    it('is not touched by a verify in another process whose exchange fails while the start waits for its own', async () => {
        // The request is repeated after 20 s.
        build.api.failNext('hang', 403);
        const start = build.start(images.build('sleeps'));

        await until('the exchange of the start', () => build.exchanges() === 1);
        build.use();
        assert.equal((await rejection(build.verify())).code, 'EXECUTOR_EXCHANGE_FORBIDDEN');
        await start;
        await phase(build.id, 'Running');
        assert.equal(await build.verify(), '');
    });

    it('that an earlier executor left waiting gets one token, however often it is verified at once', async () => {
        build.use({ nodeWait: 500 });
        await build.start(images.build('sleeps'), HERE);
        await build.cleanUp();
        build.use();
        const verified = Promise.all([build.verify(), build.verify(), build.verify()]);

        await whileNodeIsThere(async () => {
            assert.deepEqual(await verified, ['', '', '']);
            await phase(build.id, 'Running');
            assert.equal(build.exchanges(), 1);
        });
    });

    it('that is stopped at any moment of its start is gone at once', async () => {
        for (let moment = 0; moment < 100; moment += 10) {
            build.use();
            const start = build.start(images.build('sleeps'), NOWHERE);
            const outcome = Promise.allSettled([start]);

            await wait(moment);
            const begin = performance.now();

            await build.stop();
            await outcome;
            assert.ok(performance.now() - begin < 5_000, `${moment} ms after its start`);
        }
    });

    it('that its node rejects says why', async () => {
        const [node] = (await core.listNode()).items;
        const resources = { limits: { cpu: '1000', memory: '64Mi' } };

        build.use({ spec: { nodeName: node?.metadata?.name, containers: [{ name: 'build', resources }] } });
        await build.start(images.build('ok')).catch(() => {});
        assert.match(
            await until('the reason', build.verify),
            /^The cluster ended the build's pod: OutOfcpu: .* Start the build again\.$/
        );
    });
});
