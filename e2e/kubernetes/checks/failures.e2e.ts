import assert = require('node:assert/strict');
import { describe, it } from 'mocha';
import { images } from '../../images';
import { rejection } from '../../support/rejection';
import { until } from '../../support/until';
import { core, expire, listing, namespace, phase, pod, podTemplate } from '../cluster';
import { HERE, oneBuild, whileNodeIsThere } from '../one-build';
import type { Options } from '../../../examples/kubernetes-executor/lib/settings';

describe('a build that does not run in a pod', () => {
    const build = oneBuild();

    it('that ends with exit code 7 says so', async () => {
        await build.start(images.build('exit-7'));
        await phase(build.id, 'Failed');
        assert.equal(await build.status(), `The build's container ended with exit code 7.`);
        assert.equal(await build.verify(), `The build's container ended with exit code 7.`);
    });

    it('that runs out of memory says how much it had and how to get more', async () => {
        await build.start(images.build('out-of-memory'));
        await phase(build.id, 'Failed');
        assert.equal(
            await build.verify(),
            'The build ran out of memory: it may use 64Mi. Request more with the annotation screwdriver.cd/ram.'
        );
    });

    it('in which a step runs out of memory says so, though its launcher ends with 0', async () => {
        const env = [{ name: 'STEPS', value: 'tail /dev/zero; true' }];

        build.use({ spec: { containers: [{ name: 'build', env }] } });
        await build.start(images.build('ok'));
        await phase(build.id, 'Succeeded');
        assert.match(await build.status(), /^A step of the build ran out of memory: it may use 64Mi\./);
        assert.equal(await build.verify(), '');
    });

    it('whose job tools cannot be copied says so', async () => {
        build.use({ jobToolsImage: images.build('ok') });
        await build.start(images.build('ok'));
        assert.match(await until('the reason', build.verify), /^The job tools could not be copied out of .*build:ok/);
    });

    it('whose job tools lack the launch script says so', async () => {
        build.use({ jobToolsImage: images.noLaunch });
        await build.start(images.build('ok'));
        assert.match(await until('the reason', build.verify), /^The program \/opt\/sd\/launch cannot run in the image/);
    });

    it('whose image has no shell for the launch script says so', async () => {
        await build.start(images.noShell);
        assert.match(await until('the reason', build.verify), /^The program \/opt\/sd\/launch cannot run in the image/);
    });

    describe('with the official job tools', () => {
        const nowhere = 'http://127.0.0.1:1';
        const official: Options = {
            jobTools: 'official',
            jobToolsImage: images.official,
            ecosystem: { store: nowhere, ui: nowhere }
        };

        it('whose image has no shell says so', async () => {
            build.use(official);
            await build.start(images.noShell);
            assert.equal(
                await until('the reason', build.verify),
                `The image ${images.noShell} has no /bin/sh, which the launcher needs.`
            );
        });

        it('whose root is read-only, without its own /tmp, says so', async () => {
            const securityContext = { readOnlyRootFilesystem: true };

            build.use({ ...official, spec: { containers: [{ name: 'build', securityContext }] } });
            await build.start(images.build('ok'));
            assert.match(await until('the reason', build.verify), /^The build cannot write to \/tmp/);
        });

        it('that are not in their image says so', async () => {
            build.use({ ...official, jobToolsImage: images.noLaunch });
            await build.start(images.build('ok'));
            assert.match(
                await until('the reason', build.verify),
                /^The program \/opt\/sd\/dumb-init cannot run in the image/
            );
        });
    });

    it('whose name belongs to another pod is refused, and neither start nor stop touches that pod', async () => {
        const name = `sd-build-${build.id}`;
        const containers = [{ name: 'other', image: images.build('sleeps'), command: ['sleep', '600'] }];
        const body = { metadata: { name }, spec: { ...podTemplate.spec, containers } };

        await core.createNamespacedPod({ namespace, body });
        try {
            const { secrets } = await listing();

            assert.equal((await rejection(build.start(images.build('ok')))).code, 'KUBERNETES_POD_FOREIGN');
            assert.equal((await rejection(build.stop())).code, 'KUBERNETES_POD_FOREIGN');
            assert.equal((await rejection(build.verify())).code, 'KUBERNETES_POD_FOREIGN');
            assert.deepEqual((await listing()).secrets, secrets);
            assert.equal((await pod(build.id)).metadata.deletionTimestamp, undefined);
        } finally {
            await core.deleteNamespacedPod({ namespace, name, body: { gracePeriodSeconds: 0 } });
            await until('no pod', async () => !(await listing()).pods.includes(name));
        }
    });

    it('does not start if the API does not give it a token', async () => {
        const found = await listing();

        build.api.failNext(403);
        const error = await rejection(build.start(images.build('ok')));

        assert.equal(error.code, 'EXECUTOR_EXCHANGE_FORBIDDEN');
        assert.deepEqual(await listing(), found);
        assert.equal(await build.verify(), error.userMessage);
    });

    it('that no node can take says so in time, and gets its token only once a node can', async () => {
        build.use({ nodeWait: 500, stuckSeconds: 3 });
        assert.equal(await build.start(images.build('sleeps'), HERE), false);
        await until('the condition', async () => /^No node of the cluster can take/.test(await build.status()));
        assert.equal(await build.verify(), '');
        assert.match(
            await until('the reason', build.verify),
            /^No node of the cluster can take the build: 0\/\d+ nodes/
        );
        assert.equal(build.exchanges(), 0);

        await whileNodeIsThere(async () => {
            await phase(build.id, 'Running');
            assert.equal(build.exchanges(), 1);
            assert.equal(await build.verify(), '');
        });
    });

    it('that exceeds its deadline is ended, and the reason is known', async () => {
        // So nothing looks at the build meanwhile. Otherwise its clock would ring first.
        build.use({ processPerCall: true });
        await build.start(images.build('sleeps'), { timeout: 0.05 });
        await phase(build.id, 'Running');
        const seconds = await expire(build.id);
        const reason = `The build was ended: it took longer than its pod may, ${seconds} seconds.`;

        assert.equal(await build.verify(), reason);
        assert.equal(await build.status(), reason);
    });
});
