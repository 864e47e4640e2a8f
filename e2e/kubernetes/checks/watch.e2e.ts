import assert = require('node:assert/strict');
import { after, before, describe, it } from 'mocha';
import { setTimeout as wait } from 'node:timers/promises';
import { freshBuildId, startConfig, startTokenApi, stopConfig, type TokenApi } from 'screwdriver-executor-base/testing';
import KubernetesExecutor = require('../../../examples/kubernetes-executor/lib/executor');
import { images } from '../../images';
import { annotations } from '../../support/annotations';
import { ExecutorProcess } from '../../support/executor-process';
import { openGate } from '../../support/gate';
import { until } from '../../support/until';
import { core, nameOf, namespace, needsThisHost, phase, pod, podTemplate } from '../cluster';
import { kill } from '../kill';
import type { Options } from '../../../examples/kubernetes-executor/lib/settings';
import type { ExchangeConfig } from 'screwdriver-executor-base';

/** Seconds within which the API learns of a build that has died. */
const AT_MOST = 45;
const SMALL = { cpu: 0.05, ram: 0.0625 };
/** Fifteen seconds. */
const SHORT = { timeout: 0.25 };
const OPTIONS: Options = {
    namespace,
    jobTools: 'launch',
    jobToolsImage: images.jobTools,
    podTemplate,
    stopSeconds: 2,
    stuckSeconds: 10
};

/** An executor that does not try for a minute to reach an API that is down. */
class Impatient extends KubernetesExecutor {
    override reportFailure(config: ExchangeConfig, reason: string, options = {}) {
        return super.reportFailure(config, reason, { ...options, deadline: 300 });
    }
}

// The builds run concurrently, since each takes as long as the looks do.
describe('a build that ends without a report, while nobody calls the executor', () => {
    let api: TokenApi;
    let away: TokenApi;
    /** The only way to that API, shut for a while. */
    let gate: Awaited<ReturnType<typeof openGate>>;
    let executor: KubernetesExecutor;
    let first: KubernetesExecutor;
    let aborted: Promise<void>;
    let unheard: Promise<string>;
    const ids = {
        killed: freshBuildId(),
        silent: freshBuildId(),
        well: freshBuildId(),
        gone: freshBuildId(),
        stuck: freshBuildId(),
        late: freshBuildId(),
        orphan: freshBuildId(),
        unheard: freshBuildId(),
        aborted: freshBuildId()
    };

    const config = (buildId: number, container: string, short = {}, on = api) =>
        startConfig(on, { buildId, container, annotations: annotations({ ...SMALL, ...short }) });
    const start = (...build: Parameters<typeof config>) => first.start(config(...build));
    const build = (id: number, on = api) => on.builds.get(id)!;
    const ended = (id: number, seconds = AT_MOST, on = api) =>
        until(
            'its end in the API',
            () => (build(id, on).status === 'FAILURE' ? build(id, on).statusMessage : undefined),
            seconds
        );
    const isGone = (id: number) =>
        pod(id).then(
            () => false,
            ({ code }) => code === 404
        );

    before(async function () {
        needsThisHost(this);
        this.timeout(180_000);
        api = await startTokenApi();
        away = await startTokenApi();
        gate = await openGate(away.uri);
        first = new KubernetesExecutor(OPTIONS);
        const killed = new ExecutorProcess('kubernetes-executor', OPTIONS);
        const { sleeps, ok } = { sleeps: images.build('sleeps'), ok: images.build('ok') };

        await Promise.all([
            start(ids.killed, sleeps),
            start(ids.silent, ok),
            start(ids.well, ok),
            start(ids.gone, sleeps),
            start(ids.stuck, '127.0.0.1:1/node:22'),
            start(ids.late, sleeps, SHORT),
            killed.call('start', config(ids.orphan, sleeps, SHORT)),
            start(ids.unheard, sleeps, SHORT, { ...away, uri: gate.uri }),
            start(ids.aborted, sleeps)
        ]);
        killed.kill('SIGKILL');
        await killed.exit;
        for (const id of [ids.killed, ids.gone, ids.late, ids.orphan, ids.unheard, ids.aborted])
            await phase(id, 'Running');
        // Builds continue without their executor, and the next one knows only what the cluster has.
        await first.cleanUp();
        executor = new Impatient(OPTIONS);
        build(ids.well).status = 'SUCCESS';
        for (const id of [ids.killed, ids.gone, ids.late, ids.orphan, ids.aborted]) build(id).status = 'RUNNING';
        build(ids.unheard, away).status = 'RUNNING';
        await gate.shut();
        await kill(ids.killed);
        aborted = abort();
        unheard = expire();
        // Their rejections reach the checks that await them.
        for (const promise of [aborted, unheard]) promise.catch(() => {});
    });

    /** Another executor stops the build once this one has seen it, and the API is slow to save that. */
    async function abort() {
        await wait(20_000);
        const other = new KubernetesExecutor(OPTIONS);

        await other.stop(stopConfig(api, { buildId: ids.aborted }));
        await wait(10_000);
        build(ids.aborted).status = 'ABORTED';
        await other.cleanUp();
    }

    after(async function () {
        this.timeout(180_000);
        // Builds that a check has not finished.
        await Promise.all(Object.values(ids).map(buildId => executor?.stop(stopConfig(api, { buildId }))));
        for (const id of Object.values(ids)) await until('its removal', () => isGone(id), 100);
        await executor?.cleanUp();
        await gate?.shut();
        await away?.close();
        await api?.close();
    });

    /** Resolves with the status that the API has when the build's pod has been ended. */
    async function expire() {
        await phase(ids.unheard, 'Failed');
        const { status } = build(ids.unheard, away);

        await gate.open();

        return status;
    }

    it('is a failure with the reason of the cluster if its launcher was killed', async () => {
        assert.equal(
            await ended(ids.killed),
            `The build's container ended with exit code 137: it was ended by SIGKILL.`
        );
        await until('its removal', () => isGone(ids.killed));
    });

    it('is a failure if its pod was removed', async () => {
        await core.deleteNamespacedPod({ namespace, name: nameOf(ids.gone), body: { gracePeriodSeconds: 0 } });
        assert.match(await ended(ids.gone), /is gone from its cluster/);
    });

    it('is a failure with the last line of its launcher if that ended before the API knew that it ran', async () => {
        assert.match(await ended(ids.silent), /without telling the API how the build went\. Its last line: at work$/);
        await until('its removal', () => isGone(ids.silent));
    });

    it('is removed, and is not a failure, if the API knows that it has ended', async () => {
        await until('its removal', () => isGone(ids.well));
        assert.equal(build(ids.well).status, 'SUCCESS');
    });

    it('is a failure if its image cannot be pulled', async () => {
        assert.match(await ended(ids.stuck, 90), /^The image 127\.0\.0\.1:1\/node:22 is not there yet/);
        await until('its removal', () => isGone(ids.stuck));
    });

    for (const [how, id] of [
        ['was shut down', ids.late],
        ['was killed', ids.orphan]
    ] as const) {
        it(`is ended at its timeout, after a report to the API, although the executor that started it ${how}`, async () => {
            assert.equal(await ended(id, 60), 'The build took longer than its timeout of 0.25 minutes.');
            await until('its removal', () => isGone(id), 60);
        });
    }

    it('is ended at its timeout although the API is down, and its pod stays until the API gets the report', async () => {
        assert.equal(await unheard, 'RUNNING');
        assert.equal(await ended(ids.unheard, 90, away), 'The build took longer than its timeout of 0.25 minutes.');
        await until('its removal', () => isGone(ids.unheard), 60);
    });

    it('is not a failure if another executor has stopped it and the API has saved that later', async () => {
        await aborted;
        await until('its removal', () => isGone(ids.aborted), 60);
        assert.equal(build(ids.aborted).status, 'ABORTED');
    });
});
