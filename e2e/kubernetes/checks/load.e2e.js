'use strict';

const assert = require('node:assert/strict');
const { after, afterEach, before, beforeEach, describe, it } = require('mocha');
const { freshBuildId, startConfig, startTokenApi, stopConfig } = require('screwdriver-executor-base/testing');
const KubernetesExecutor = require('../../../examples/kubernetes-executor');
const { podOf, secretOf } = require('../../../examples/kubernetes-executor/pod');
const { assertClassified } = require('../../support/classified');
const { concurrently } = require('../../support/concurrently');
const { images } = require('../../images');
const { until } = require('../../support/until');
const { median, timed } = require('../../support/figures');
const { core, listing, namespace, needsRestart, phase, podTemplate, restart } = require('../cluster');
const { exchangesOf } = require('../one-build');

const AT_A_TIME = 10;
const SETTINGS = {
    jobTools: 'launch',
    mountPoint: '/opt/sd',
    prefix: 'sd-',
    stopSeconds: 2,
    maxBuildTimeout: 720,
    deadlineBuffer: 300
};
const SMALL = { 'screwdriver.cd/cpu': 0.02, 'screwdriver.cd/ram': 0.03 };

describe('many builds', () => {
    let api;
    let executor;
    let found;

    const newExecutor = () =>
        new KubernetesExecutor({
            namespace,
            jobTools: 'launch',
            jobToolsImage: images.jobTools,
            podTemplate,
            stopSeconds: 2
        });
    const start = (buildId, on = executor) =>
        on.start(startConfig(api, { buildId, container: images.build('sleeps'), annotations: SMALL }));
    const stop = (buildId, on = executor) => on.stop(stopConfig(api, { buildId }));
    const builds = count => Array.from({ length: count }, freshBuildId);
    const rejected = outcomes => outcomes.filter(outcome => outcome.status === 'rejected');

    before(async () => {
        api = await startTokenApi();
    });

    beforeEach(async () => {
        executor = newExecutor();
        found = await listing();
    });

    afterEach(async function () {
        this.timeout(300_000);
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

    it('whose starts and stops race, on two executors, settle as what they are and leave nothing', async () => {
        const ids = builds(10);
        const other = newExecutor();
        const outcomes = await concurrently(AT_A_TIME, ids, id =>
            Promise.allSettled([start(id), start(id, other), stop(id), start(id), stop(id, other), stop(id)])
        );

        assertClassified(outcomes.flatMap(({ value }) => value));
        assert.deepEqual(rejected(await concurrently(AT_A_TIME, ids, id => stop(id))), []);
        await other.cleanUp();
    }).timeout(600_000);

    it('are not lost and not doubled when the cluster is killed in their midst', async function () {
        needsRestart(this);
        const ids = builds(20);
        let count = 0;
        let restarted;
        const outcomes = await concurrently(AT_A_TIME, ids, async id => {
            await start(id);
            count += 1;
            if (count === AT_A_TIME / 2) restarted = restart();
        });

        await restarted;
        assertClassified(outcomes);
        const again = ids.filter((id, at) => outcomes[at].status === 'rejected');

        assert.ok(again.length > 0, 'no start met the crash');
        console.log(`      ${again.length} of ${ids.length} starts were rejected, and are stopped and started again`);
        assert.deepEqual(rejected(await concurrently(AT_A_TIME, again, id => stop(id))), []);
        // One token for each start that resolved, whatever those before it came to.
        const before = new Map(ids.map(id => [id, again.includes(id) ? exchangesOf(api, id).length : 0]));

        assert.deepEqual(rejected(await concurrently(AT_A_TIME, again, id => start(id))), []);
        for (const { status } of await Promise.all(ids.map(id => phase(id, 'Running')))) {
            assert.equal(status.containerStatuses[0].restartCount, 0);
        }
        for (const id of ids) assert.equal(exchangesOf(api, id).length - before.get(id), 1, `the tokens of ${id}`);
        assert.deepEqual(rejected(await concurrently(AT_A_TIME, ids, id => stop(id))), []);
    }).timeout(600_000);

    it('take the time of the cluster: the figures', async () => {
        const ids = builds(10);
        const times = { executor: [], bare: [] };

        // In turns, so that a machine that is busy for a while is so for both.
        for (const id of ids) {
            times.executor.push(await timed(() => start(id)));
            await stop(id);
            times.bare.push(await timed(() => bareStart(id)));
            await stop(id);
        }
        const [ours, bare] = [median(times.executor), median(times.bare)];

        console.log(
            `      one start, median of ${ids.length}: ${ours.toFixed(0)} ms; ` +
                `the bare client with the same calls: ${bare.toFixed(0)} ms; ratio ${(ours / bare).toFixed(2)}`
        );
        assert.ok(ours < bare * 2);
    }).timeout(600_000);

    /** The calls of a start, made by hand: the pod, its node, the exchange, the Secret. */
    async function bareStart(buildId) {
        const config = startConfig(api, { buildId, container: images.build('sleeps'), annotations: SMALL });
        const settings = { ...SETTINGS, jobToolsImage: images.jobTools, podTemplate };
        const body = podOf(config, { cpu: 0.02, ram: 0.03 }, settings);
        const name = `sd-build-${buildId}`;
        const created = await core.createNamespacedPod({ namespace, body });

        while (!(await core.readNamespacedPod({ namespace, name })).spec.nodeName);
        const answer = await fetch(`${config.apiUri}/v4/builds/${buildId}/token`, {
            method: 'POST',
            headers: { authorization: `Bearer ${config.token}`, 'content-type': 'application/json' },
            body: JSON.stringify({ buildTimeout: 120 })
        });
        const { token } = await answer.json();

        await core.createNamespacedSecret({ namespace, body: secretOf(created, token) });
    }
});
