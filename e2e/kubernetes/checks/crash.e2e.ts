import assert = require('node:assert/strict');
import { describe, it } from 'mocha';
import { images } from '../../images';
import { rejection } from '../../support/rejection';
import { until } from '../../support/until';
import { core, crash, namespace, needsRestart, needsThisHost, phase, restart } from '../cluster';
import { kill } from '../kill';
import { HERE, oneBuild, whileNodeIsThere } from '../one-build';

describe('a build on a cluster that is killed, or on a node that is lost', function () {
    // The cluster takes up to three minutes to come back.
    this.timeout(300_000);
    const build = oneBuild();

    it('that waits for its node while the cluster is killed gets the node, and its token once', async function () {
        needsRestart(this);
        build.use({ nodeWait: 500 });
        await build.start(images.build('sleeps'), HERE);
        await restart();
        await whileNodeIsThere(async () => {
            await phase(build.id, 'Running');
            assert.equal(build.exchanges(), 1);
        });
    });

    it('that is stopped while the cluster is killed and started again is gone', async function () {
        needsRestart(this);
        await build.start(images.build('sleeps'));
        await phase(build.id, 'Running');
        const started = restart();

        await crash();
        await build.stop();
        await started;
        await build.gone();
    });

    it('that dies while the cluster is down is a failure with the reason when the cluster is back', async function () {
        needsThisHost(this);
        needsRestart(this);
        await build.start(images.build('sleeps'));
        await phase(build.id, 'Running');
        const started = restart();

        await kill(build.id);
        await started;
        const { api, id } = build;

        await until('its end in the API', () => api.builds.get(id)!.status === 'FAILURE', 120);
        assert.match(api.builds.get(id)!.statusMessage!, /exit code 137/);
    });

    it('that is told to end, but whose node does not confirm that, is reported so by a stop that waits', async () => {
        const name = `sd-build-${build.id}`;

        build.use({ processPerCall: true });
        await build.start(images.build('sleeps'));
        await phase(build.id, 'Running');
        // Keeps the pod there, as a lost node does.
        await core.patchNamespacedPod({ namespace, name, body: [add('/metadata/finalizers', ['sd/e2e'])] });
        try {
            const { code, retryable, userMessage } = await rejection(build.stop());

            assert.deepEqual({ code, retryable }, { code: 'KUBERNETES_TIMEOUT', retryable: true });
            assert.match(userMessage, /its node has not confirmed that/);
        } finally {
            await core.patchNamespacedPod({ namespace, name, body: [add('/metadata/finalizers', [])] });
            build.use();
        }
    });
});

function add(path: string, value: unknown) {
    return { op: 'add', path, value };
}
