import assert = require('node:assert/strict');
import { describe, it } from 'mocha';
import { images } from '../../images';
import { rejection } from '../../support/rejection';
import { until } from '../../support/until';
import { core, expire, listing, namespace, phase, pod } from '../cluster';
import { oneBuild } from '../one-build';
import { call } from '../worker';

describe('a start of a build that already exists', () => {
    const build = oneBuild();
    const uid = async () => (await pod(build.id)).metadata.uid;

    for (const whose of ['its own executor', 'another one']) {
        it(`by ${whose} resolves, makes nothing, and the build continues`, async () => {
            await build.start(images.build('sleeps'));
            await phase(build.id, 'Running');
            const [there, first] = [await listing(), await uid()];

            if (whose === 'another one') build.use();
            assert.equal(await build.start(images.build('sleeps')), undefined);
            assert.deepEqual(await listing(), there);
            assert.equal(await uid(), first);
            assert.equal((await phase(build.id, 'Running')).metadata.deletionTimestamp, undefined);
            assert.equal(build.exchanges(), 1);
        });
    }

    it('joins the first one if that is still at work here', async () => {
        const outcomes = await Promise.all([1, 2, 3].map(() => build.start(images.build('sleeps'))));

        assert.deepEqual(outcomes, [undefined, undefined, undefined]);
        assert.equal(build.exchanges(), 1);
        await phase(build.id, 'Running');
    });

    it('brings it up while the first one waits for a token, and the first one resolves without it', async () => {
        // The request is repeated after 20 s.
        build.api.failNext('hang');
        const first = build.start(images.build('sleeps'));

        await until('the exchange of the first', () => build.exchanges() === 1);
        build.use();
        assert.equal(await build.start(images.build('sleeps')), undefined);
        build.api.builds.get(build.id)!.status = 'RUNNING';
        assert.equal(await first, undefined);
        assert.equal(build.exchanges(), 3);
        await phase(build.id, 'Running');
    });

    it('resolves if the build has ended and the API knows that', async () => {
        await build.start(images.build('ok'));
        await phase(build.id, 'Succeeded');
        const first = await uid();

        build.use();
        build.api.builds.get(build.id)!.status = 'SUCCESS';
        assert.equal(await build.start(images.build('ok')), undefined);
        assert.equal(await uid(), first);
    });

    it('rejects with the message of verify if the build has ended and the API still waits for it', async () => {
        // So that nothing looks at the build meanwhile.
        build.use({ processPerCall: true });
        await build.start(images.build('sleeps'), { timeout: 0.05 });
        await phase(build.id, 'Running');
        await expire(build.id);
        build.use();
        const { code, userMessage } = await rejection(build.start(images.build('sleeps')));

        assert.equal(code, 'KUBERNETES_BUILD_ENDED');
        assert.match(userMessage, /took longer than its pod may/);
        assert.equal(await build.verify(), userMessage);
    });

    it('waits while the build is being removed, and resolves false if the API does not wait for it', async () => {
        await build.start(images.build('ignores-term'));
        await phase(build.id, 'Running');
        await call(build.options(), 'stop', build.config(images.build('sleeps'))).outcome();
        build.api.builds.get(build.id)!.status = 'ABORTED';
        assert.equal(await build.start(images.build('sleeps')), false);
        await build.gone();
    });

    it('makes a new pod if somebody has deleted the old one and the API waits for the build', async () => {
        await build.start(images.build('ignores-term'));
        await phase(build.id, 'Running');
        const first = await uid();

        await core.deleteNamespacedPod({ namespace, name: `sd-build-${build.id}` });
        assert.equal(await build.start(images.build('sleeps')), undefined);
        assert.notEqual(await uid(), first);
        await phase(build.id, 'Running');
    });
});
