import assert = require('node:assert/strict');
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { freshBuildId, startConfig, startTokenApi, stopConfig } from 'screwdriver-executor-base/testing';
import KubernetesExecutor = require('../../../examples/kubernetes-executor/lib/executor');
import { podOf, secretOf } from '../../../examples/kubernetes-executor/lib/pod';
import { settingsFrom, type Options } from '../../../examples/kubernetes-executor/lib/settings';
import { assertClassified } from '../../support/classified';
import { concurrently } from '../../support/concurrently';
import { images } from '../../images';
import { until } from '../../support/until';
import { median, timed } from '../../support/figures';
import {
    core,
    crash,
    listing,
    nameOf,
    namespace,
    needsRestart,
    phase,
    podTemplate,
    restart,
    type Listing
} from '../cluster';
import { exchangesOf } from '../one-build';
import type { BuildId } from 'screwdriver-executor-base';
import type { TokenApi } from 'screwdriver-executor-base/testing';

const AT_A_TIME = 10;
const OPTIONS: Options = {
    namespace,
    jobTools: 'launch',
    jobToolsImage: images.jobTools,
    podTemplate,
    stopSeconds: 2
};
const SMALL = { 'screwdriver.cd/cpu': 0.02, 'screwdriver.cd/ram': 0.03 };

describe('many builds', () => {
    let api: TokenApi;
    let executor: KubernetesExecutor;
    let found: Listing;
    let made: BuildId[];

    const newExecutor = () => new KubernetesExecutor(OPTIONS);
    const start = (buildId: BuildId, on = executor) =>
        on.start(startConfig(api, { buildId, container: images.build('sleeps'), annotations: SMALL }));
    const stop = (buildId: BuildId, on = executor) => on.stop(stopConfig(api, { buildId }));
    const builds = (count: number) => (made = Array.from({ length: count }, freshBuildId));
    const rejected = (outcomes: PromiseSettledResult<unknown>[]) =>
        outcomes.filter(outcome => outcome.status === 'rejected');

    before(async () => {
        api = await startTokenApi();
    });

    beforeEach(async () => {
        executor = newExecutor();
        made = [];
        found = await listing();
    });

    afterEach(async function () {
        this.timeout(300_000);
        // A check that failed has not stopped them.
        await concurrently(AT_A_TIME, made, id => stop(id));
        await executor.cleanUp();
        await until('an empty namespace', async () => JSON.stringify(await listing()) === JSON.stringify(found), 240);
    });

    after(() => api.close());

    it('start, run and stop: 30 of them, 10 at a time', async () => {
        const ids = builds(30);
        const { length } = api.requests;
        const begin = performance.now();

        assert.deepEqual(rejected(await concurrently(AT_A_TIME, ids, id => start(id))), []);
        console.log(`      one start, ${AT_A_TIME} at a time: ${Math.round((performance.now() - begin) / 30)} ms`);
        assert.equal(api.requests.length - length, ids.length);
        await Promise.all(ids.map(id => phase(id, 'Running')));
        assert.deepEqual(rejected(await concurrently(AT_A_TIME, ids, id => stop(id))), []);
    }).timeout(600_000);

    it('settle with classified outcomes and leave nothing when starts and stops race on two executors: 504 of them', async () => {
        const ids = builds(84);
        const other = newExecutor();
        const outcomes = await concurrently(AT_A_TIME, ids, id =>
            Promise.allSettled([start(id), start(id, other), stop(id), start(id), stop(id, other), stop(id)])
        );

        assertClassified(outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? outcome.value : [])));
        assert.deepEqual(rejected(await concurrently(AT_A_TIME, ids, id => stop(id))), []);
        await other.cleanUp();
    }).timeout(600_000);

    it('are neither lost nor doubled when the cluster is killed in between', async function () {
        needsRestart(this);
        const ids = builds(20);
        const [early, late] = [ids.slice(0, AT_A_TIME), ids.slice(AT_A_TIME)];
        const settled = Promise.allSettled(early.map(id => start(id)));
        const restarted = restart();

        await crash();
        const outcomes = [...(await Promise.allSettled(late.map(id => start(id)))), ...(await settled)];

        await restarted;
        assertClassified(outcomes);
        const again = [...late, ...early].filter((id, at) => outcomes[at]?.status === 'rejected');

        assert.ok(again.length > 0, 'no start met the crash');
        console.log(`      ${again.length} of ${ids.length} starts were rejected, and are stopped and started again`);
        assert.deepEqual(rejected(await concurrently(AT_A_TIME, again, id => stop(id))), []);
        // One token for each start that resolved, however the starts before it ended.
        const before = new Map(ids.map(id => [id, again.includes(id) ? exchangesOf(api, id).length : 0]));

        assert.deepEqual(rejected(await concurrently(AT_A_TIME, again, id => start(id))), []);
        for (const { status } of await Promise.all(ids.map(id => phase(id, 'Running')))) {
            assert.equal(status.containerStatuses[0].restartCount, 0);
        }
        for (const id of ids)
            assert.equal(exchangesOf(api, id).length - (before.get(id) ?? 0), 1, `the tokens of ${id}`);
        assert.deepEqual(rejected(await concurrently(AT_A_TIME, ids, id => stop(id))), []);
    }).timeout(600_000);

    it('take as long as the cluster needs: the figures', async () => {
        const ids = builds(10);
        const times: Record<'executor' | 'bare', number[]> = { executor: [], bare: [] };

        // In turns, so that temporary load on the machine affects both.
        for (const id of ids) {
            times.executor.push(await timed(() => start(id)));
            await stop(id);
            // Another build, since the end of the previous one may still go on, and a stop meanwhile would join it.
            const bare = freshBuildId();

            times.bare.push(await timed(() => bareStart(bare)));
            await stop(bare);
        }
        const [ours, bare] = [median(times.executor), median(times.bare)];

        console.log(
            `      one start, median of ${ids.length}: ${ours.toFixed(0)} ms; ` +
                `the bare client with the same calls: ${bare.toFixed(0)} ms; ratio ${(ours / bare).toFixed(2)}`
        );
        assert.ok(ours < bare * 2);
    }).timeout(600_000);

    /** Makes the calls of a start by hand: the pod, its node, the exchange, the Secret. */
    async function bareStart(buildId: BuildId) {
        const config = startConfig(api, { buildId, container: images.build('sleeps'), annotations: SMALL });
        const body = podOf(config, { cpu: 0.02, ram: 0.03 }, settingsFrom(OPTIONS));
        const created = await core.createNamespacedPod({ namespace, body });

        while (!(await core.readNamespacedPod({ namespace, name: nameOf(buildId) })).spec?.nodeName);
        const answer = await fetch(`${config.apiUri}/v4/builds/${buildId}/token`, {
            method: 'POST',
            headers: { authorization: `Bearer ${config.token}`, 'content-type': 'application/json' },
            body: JSON.stringify({ buildTimeout: 120 })
        });
        const { token } = (await answer.json()) as { token: string };

        await core.createNamespacedSecret({ namespace, body: secretOf(created, token) });
    }
});
