import assert = require('node:assert/strict');
import { describe, it } from 'mocha';
import { claimsIn } from '../../support/claims';
import { images } from '../../images';
import { until } from '../../support/until';
import { core, listing, namespace, output, phase, pod } from '../cluster';
import { NOWHERE, oneBuild } from '../one-build';

describe('a build in a pod', () => {
    const build = oneBuild();

    it('runs the launch script of the job tools with the contract of a launcher', async () => {
        await build.start(images.build('ok'));
        const printed = await output(build.id);

        assert.match(printed, new RegExp(`^launch --api-uri ${build.api.uri} ${build.id}$`, 'm'));
        assert.match(printed, /^mount point \/opt\/sd$/m);
        assert.match(printed, /^at work$/m);
        assert.equal(
            await build.status(),
            `The build's container has ended. Its launcher has reported the result to the API.`
        );
        assert.equal(await build.verify(), '');
    });

    it('gives the build its own token, which only the executor exchanges, once', async () => {
        await build.start(images.build('ok'));
        const claims = claimsIn(await output(build.id));

        assert.deepEqual(claims.scope, ['build']);
        assert.equal(claims.username, build.id);
        assert.equal(build.exchanges(), 1);
    });

    it('has its token in a Secret that the pod owns, and not in the pod itself', async () => {
        await build.start(images.build('sleeps'));
        const { metadata } = await pod(build.id);
        const name = metadata.annotations['screwdriver.cd/secret'] ?? '';
        const { metadata: of, data } = await core.readNamespacedSecret({ namespace, name });
        const token = Buffer.from(data?.SD_TOKEN ?? '', 'base64').toString();

        assert.equal(of?.ownerReferences?.[0]?.uid, metadata.uid);
        assert.equal(token.split('.').length, 3);
        assert.ok(!JSON.stringify(await pod(build.id)).includes(token));
    });

    it('has the limits, the labels and the deadline of its annotations', async () => {
        await build.start(images.build('sleeps'), { cpu: 0.125, ram: 0.25, timeout: 2 });
        const { spec, metadata } = await pod(build.id);

        assert.deepEqual(spec.containers[0].resources.limits, { cpu: '125m', memory: '256Mi' });
        assert.equal(spec.activeDeadlineSeconds, 2 * 60 + 2 + 1800);
        assert.equal(spec.restartPolicy, 'Never');
        assert.equal(metadata.labels['screwdriver.cd/build'], String(build.id));
        assert.equal(metadata.labels['screwdriver.cd/pipeline'], '1');
    });

    it('is reported as running, and the executor finds it after a restart', async () => {
        await build.start(images.build('sleeps'));
        await phase(build.id, 'Running');
        build.use();
        assert.equal(await build.verify(), '');
        assert.match(await build.status(), /^The build has been running since \d{4}-/);
    });

    it('has the service account, and what the pod template adds to its container', async () => {
        const account = { metadata: { name: 'sd-e2e' } };

        await core.createNamespacedServiceAccount({ namespace, body: account });
        try {
            const env = [
                { name: 'STEPS', value: 'echo "$GREETING"' },
                { name: 'GREETING', value: 'from the template' }
            ];

            build.use({
                spec: { containers: [{ name: 'build', env }] },
                serviceAccount: account.metadata.name
            });
            await build.start(images.build('ok'));
            assert.match(await output(build.id), /^from the template$/m);
            assert.equal((await pod(build.id)).spec.serviceAccountName, account.metadata.name);
        } finally {
            await core.deleteNamespacedServiceAccount({ namespace, name: account.metadata.name });
            await until('no Secret of the account', async () =>
                (await listing()).secrets.every(name => !name.startsWith(account.metadata.name))
            );
        }
    });

    it('is accepted by a namespace whose quota requires limits of each container', async () => {
        const hard = { 'limits.cpu': '32', 'limits.memory': '32Gi' };
        const quota = { namespace, name: 'sd-e2e' };

        await core.createNamespacedResourceQuota({
            namespace,
            body: { metadata: { name: quota.name }, spec: { hard } }
        });
        try {
            await until('the quota', async () => (await core.readNamespacedResourceQuota(quota)).status?.hard);
            await build.start(images.build('ok'));
            assert.match(await output(build.id), /^at work$/m);
        } finally {
            await core.deleteNamespacedResourceQuota(quota);
        }
    });

    it('runs as a user other than root', async () => {
        build.use({ spec: { securityContext: { runAsUser: 1000, runAsGroup: 1000 } } });
        await build.start(images.build('ok'));
        assert.match(await output(build.id), /^at work$/m);
    });

    it('is not started yet if the end of its executor cuts its start short, and its pod stays', async () => {
        build.use({ nodeWait: 60_000 });
        const start = build.start(images.build('sleeps'), NOWHERE);

        await until('the pod', () => pod(build.id).catch(() => false));
        await build.cleanUp();
        assert.equal(await start, false);
        assert.equal((await pod(build.id)).metadata.deletionTimestamp, undefined);
    });

    it('can be stopped twice, and then status and verify do not know it', async () => {
        await build.start(images.build('sleeps'));
        await build.stop();
        await build.stop();
        await build.gone();
        // For the executor it is still ending until it learns of the end, too.
        assert.match(String(await until('a verdict', () => build.verify())), /^The build has no pod on this cluster/);
        assert.match(await build.status(), /^The build has no pod on this cluster/);
    });
});
