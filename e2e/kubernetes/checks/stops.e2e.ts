import assert = require('node:assert/strict');
import { describe, it } from 'mocha';
import { images } from '../../images';
import { until } from '../../support/until';
import { core, namespace, phase, pod } from '../cluster';
import { NOWHERE, oneBuild } from '../one-build';
import { call } from '../worker';

describe('a stop of a build in a pod', () => {
    const build = oneBuild();
    /** Resolves with the milliseconds that the work took. */
    const timed = async (work: () => Promise<unknown>) => {
        const begin = performance.now();

        await work();

        return performance.now() - begin;
    };
    const hasEnded = () =>
        pod(build.id).then(
            ({ status }) => ['Failed', 'Succeeded'].includes(status.phase),
            ({ code }) => code === 404
        );
    const isEnding = async () => (await pod(build.id)).metadata.deletionTimestamp !== undefined;

    it('resolves once the cluster has its order, which ends even a build that ignores TERM', async () => {
        build.use({ stopSeconds: 4 });
        await build.start(images.build('ignores-term'));
        await phase(build.id, 'Running');
        const answered = await timed(build.stop);
        const gone = await timed(build.gone);

        assert.ok(answered < 2_000, `answered after ${answered} ms`);
        assert.ok(gone > 2_000 && gone < 30_000, `gone ${gone} ms later`);
    });

    it('is reported by status, and verify does not give a reason to fail the build', async () => {
        await build.start(images.build('ignores-term'));
        await phase(build.id, 'Running');
        await build.stop();
        assert.match(await build.status(), /^The build's pod is being ended, since \d{4}-[^ ]+Z\.$/);
        assert.equal(await build.verify(), '');
    });

    it('is carried out although its process is gone', async () => {
        await build.start(images.build('ignores-term'));
        await phase(build.id, 'Running');
        assert.deepEqual(await call(build.options(), 'stop', build.config(images.build('sleeps'))).outcome(), {});
        assert.ok(await isEnding());
        // The node then needs some time to release the pod.
        await until('the end of its container', hasEnded);
    });

    it('waits for the end of the build if the process ends with its answer', async () => {
        build.use({ processPerCall: true });
        await build.start(images.build('ignores-term'));
        await phase(build.id, 'Running');
        assert.ok((await timed(build.stop)) > 1_900);
        assert.equal(await pod(build.id).catch(({ code }) => code), 404);
    });

    it('makes the next start wait for it', async () => {
        await build.start(images.build('ignores-term'));
        const { metadata } = await phase(build.id, 'Running');

        await build.stop();
        assert.ok(await isEnding());
        assert.equal(await build.start(images.build('ignores-term')), undefined);
        assert.notEqual((await phase(build.id, 'Running')).metadata.uid, metadata.uid);
    });

    it('can also stop a start that waits for it', async () => {
        await build.start(images.build('ignores-term'));
        await phase(build.id, 'Running');
        await build.stop();
        const start = build.start(images.build('ignores-term'));

        await build.stop();
        assert.equal(await start, false);
        await build.gone();
    });

    for (const whose of ['its own executor', 'another one']) {
        it(`by ${whose} makes the start that it interrupts resolve false`, async () => {
            build.use({ nodeWait: 60_000 });
            const start = build.start(images.build('sleeps'), NOWHERE);

            await until('the pod', () => pod(build.id).catch(() => false));
            if (whose === 'another one') build.use();
            await build.stop();
            assert.equal(await start, false);
            await build.gone();
        });
    }

    it('immediately removes a build that never got its token', async () => {
        // The request is repeated after 20 s.
        build.api.failNext('hang');
        const start = build.start(images.build('sleeps'));

        await until('the exchange', () => build.exchanges() === 1);
        await build.stop();
        assert.equal(await start, false);
        assert.equal(await pod(build.id).catch(({ code }) => code), 404);
    });

    it('has the grace time of its executor, or of its annotation if that is longer', async () => {
        build.use({ stopSeconds: 60 });
        await build.start(images.build('sleeps'), { terminationGracePeriodSeconds: 2 });
        assert.equal((await pod(build.id)).spec.terminationGracePeriodSeconds, 60);
        await core.deleteNamespacedPod({ namespace, name: `sd-build-${build.id}`, body: { gracePeriodSeconds: 0 } });
        await build.gone();
        await build.start(images.build('sleeps'), { terminationGracePeriodSeconds: 90 });
        assert.equal((await pod(build.id)).spec.terminationGracePeriodSeconds, 90);
    });
});
