import assert = require('node:assert/strict');
import { describe, it } from 'mocha';
import { images } from '../../images';
import { until } from '../../support/until';
import { phase, pod } from '../cluster';
import { HERE, exchangesOf, oneBuild, whileNodeIsThere } from '../one-build';
import { call, type Operation } from '../worker';
import type { Options } from '../../../examples/kubernetes-executor/lib/settings';

describe('a build whose calls each have their own process', () => {
    const build = oneBuild();
    const tokens = () => exchangesOf(build.api, build.id).filter(({ status }) => status === 200).length;
    const outcome = (operation: Operation, options: Options = {}) =>
        call(build.options(options), operation, build.config(images.build('sleeps'), HERE)).outcome();

    for (const operation of ['verify', 'start'] as const) {
        it(`that waits for its node gets its token by the ${operation} that follows once the node is there`, async () => {
            assert.deepEqual(await outcome('start', { nodeWait: 500 }), { value: false });
            assert.deepEqual(await outcome('verify', { nodeWait: 500 }), { code: 'KUBERNETES_WAITING' });
            assert.equal(build.exchanges(), 0);
            await whileNodeIsThere(async () => {
                await until('the node', async () => (await pod(build.id)).spec.nodeName);
                assert.deepEqual(await outcome(operation), operation === 'verify' ? { value: '' } : {});
                await phase(build.id, 'Running');
                assert.equal(build.exchanges(), 1);
                assert.deepEqual(await outcome('verify'), { value: '' });
                assert.deepEqual(await outcome('start'), {});
                assert.equal(build.exchanges(), 1);
            });
        });
    }

    it('gets its token by the verify that waits until the node is there', async () => {
        assert.deepEqual(await outcome('start', { nodeWait: 500 }), { value: false });
        const verified = outcome('verify');

        await whileNodeIsThere(async () => {
            assert.deepEqual(await verified, { value: '' });
            await phase(build.id, 'Running');
            assert.equal(build.exchanges(), 1);
        });
    });

    it('that no node takes in time fails with the reason', async () => {
        assert.deepEqual(await outcome('start', { nodeWait: 500 }), { value: false });
        const verify = async () => (await outcome('verify', { nodeWait: 500, stuckSeconds: 3 })).value as string;

        assert.match(await until('the reason', verify), /^No node of the cluster can take the build/);
    });

    it('that no node takes in time is put back on the queue, and the next start continues with its pod', async () => {
        const options = { processPerCall: true, startWait: 2 };
        const begin = performance.now();

        assert.deepEqual(await outcome('start', options), { code: 'KUBERNETES_WAITING' });
        assert.ok(performance.now() - begin > 2_000);
        const { metadata } = await pod(build.id);
        const started = outcome('start', { processPerCall: true });

        await whileNodeIsThere(async () => {
            assert.deepEqual(await started, {});
            assert.equal((await phase(build.id, 'Running')).metadata.uid, metadata.uid);
            assert.equal(build.exchanges(), 1);
        });
    });

    it('whose start is killed before it has the token runs by the next start, with one token', async () => {
        // Between the pod and its Secret.
        build.api.failNext('hang');
        const start = call(build.options(), 'start', build.config(images.build('sleeps')));

        await until('its exchange', () => build.exchanges() === 1);
        await start.kill();
        const { metadata } = await pod(build.id);

        await build.start(images.build('sleeps'));
        assert.equal((await phase(build.id, 'Running')).metadata.uid, metadata.uid);
        assert.equal(tokens(), 1);
    });
});
