'use strict';

const assert = require('node:assert/strict');
const { after, afterEach, before, beforeEach, describe, it } = require('mocha');
const { exec } = require('node:child_process');
const { promisify } = require('node:util');
const {
    freshBuildId,
    startConfig,
    startTokenApi,
    statusConfig,
    stopConfig
} = require('screwdriver-executor-base/testing');
const DockerExecutor = require('../../../examples/docker-executor');
const { assertClassified } = require('../../support/classified');
const { concurrently } = require('../../support/concurrently');
const { median, timed } = require('../../support/figures');
const { images } = require('../../images');
const { until } = require('../../support/until');
const { buildsOnEngine, docker, inspect, listing } = require('../engine');
const { OPTIONS } = require('../options');
const { isPodman } = require('../podman');
const { Starts } = require('../starts');
const { Worker } = require('../workers');

const AT_A_TIME = 10;
/** Fewer than the exchanges of the check that has them. */
const FAILED_EXCHANGES = 5;

describe('many builds', () => {
    let api;
    let executor;
    let found;
    let starts;

    const newExecutor = () => new DockerExecutor(OPTIONS);
    const start = (buildId, on = executor) =>
        on.start(startConfig(api, { buildId, container: images.build('sleeps'), annotations: {} }));
    const stop = (buildId, on = executor) => on.stop(stopConfig(api, { buildId }));
    const status = buildId => executor.status(statusConfig(api, { buildId }));
    const verify = buildId => executor.verify(startConfig(api, { buildId }));
    const builds = count => Array.from({ length: count }, freshBuildId);
    /** What stops have ended goes after their answers. */
    const ended = () => until('an engine without builds', async () => (await buildsOnEngine()).length === 0);
    const rejected = outcomes => outcomes.filter(outcome => outcome.status === 'rejected');

    before(async () => {
        api = await startTokenApi();
    });

    beforeEach(async () => {
        executor = newExecutor();
        found = await listing();
        starts = new Starts();
        await starts.follow();
    });

    afterEach(async () => {
        await ended();
        starts.close();
        await executor.cleanUp();
        assert.deepEqual(await listing(), found);
    });

    after(() => api.close());

    it('start, run and stop: 100 of them, 10 at a time', async () => {
        const ids = builds(100);
        const { length } = api.requests;

        assert.deepEqual(rejected(await concurrently(AT_A_TIME, ids, id => start(id))), []);
        assert.equal(api.requests.length - length, ids.length);
        assert.equal(
            (await buildsOnEngine()).filter(name => name.startsWith('/') && !name.endsWith('-tools')).length,
            ids.length
        );
        for (const id of ids) assert.match(await status(id), /running since/);
        assert.deepEqual(rejected(await concurrently(AT_A_TIME, ids, id => stop(id))), []);
    }).timeout(600_000);

    it('whose starts and stops race on two processes, which are killed in their midst, never run twice and leave nothing', async () => {
        const ids = builds(72);
        const workers = [new Worker(OPTIONS), new Worker(OPTIONS)];
        const outcomes = [];
        const call = async (at, operation, id) => {
            const config =
                operation === 'start'
                    ? startConfig(api, { buildId: id, container: images.build('sleeps'), annotations: {} })
                    : stopConfig(api, { buildId: id });
            const worker = workers[at];
            // What a process had in hand that was killed has no outcome.
            const [outcome] = await Promise.race([
                Promise.allSettled([worker.call(operation, config)]),
                worker.exit.then(() => [{ status: 'lost' }])
            ]);

            outcomes.push(outcome);
        };
        const end = async (at, signal) => {
            const old = workers[at];

            old.kill(signal);
            await old.exit;
            workers[at] = new Worker(OPTIONS);

            return old.exit;
        };
        const endings = [];

        // Those that come to their exchange first. That the build of another start outlives it: states.e2e.js.
        api.failNext(...Array.from({ length: FAILED_EXCHANGES }, () => 403));
        await concurrently(AT_A_TIME, ids, async (id, at = ids.indexOf(id)) => {
            if (at === 24) endings.push(end(0, 'SIGKILL'));
            if (at === 48) endings.push(end(1, 'SIGTERM'));
            await Promise.all([
                call(0, 'start', id),
                call(1, 'start', id),
                call(0, 'stop', id),
                call(0, 'start', id),
                call(1, 'stop', id),
                call(1, 'start', id),
                call(1, 'stop', id)
            ]);
        });
        const [killed, shutDown] = await Promise.all(endings);

        assert.deepEqual(killed, [null, 'SIGKILL']);
        assert.deepEqual(shutDown, [0, null]);
        assert.ok(outcomes.length > 500, `${outcomes.length} calls`);
        assertClassified(outcomes.filter(({ status }) => status !== 'lost'));
        assert.ok(
            api.requests.some(({ status }) => status === 403),
            'exchanges failed'
        );
        assert.deepEqual(rejected(await concurrently(AT_A_TIME, ids, id => stop(id))), []);
        await ended();
        await starts.caughtUp();
        assert.ok(ids.every(id => starts.of(id) === 0));
        assert.equal(starts.most, 1);
        for (const worker of workers) worker.kill('SIGTERM');
        for (const worker of workers) assert.deepEqual(await worker.exit, [0, null]);
    }).timeout(600_000);

    it('are not lost and not doubled when the engine is killed in their midst', async function () {
        if (!process.env.DOCKER_RESTART) {
            console.log('      not run: DOCKER_RESTART does not say how this engine is killed and started again');
            this.skip();
        }
        const running = builds(10);
        const fresh = builds(30);
        // Three starts, then a stop, and so on.
        const work = running.flatMap((id, at) => [
            ...fresh.slice(at * 3, at * 3 + 3).map(of => () => start(of)),
            () => stop(id)
        ]);
        let done = 0;
        let restart;
        let killedAt;

        assert.deepEqual(rejected(await concurrently(AT_A_TIME, running, id => start(id))), []);
        const outcomes = await concurrently(AT_A_TIME, work, async doIt => {
            await doIt();
            done += 1;
            if (done !== AT_A_TIME) return;
            killedAt = Date.now();
            restart = promisify(exec)(process.env.DOCKER_RESTART);
        });

        await restart;
        await starts.follow();
        assertClassified(outcomes);
        const [startsOf, stopsOf] = [false, true].map(isStop => outcomes.filter((_, at) => (at % 4 === 3) === isStop));

        for (const [what, some] of Object.entries({ started: startsOf, stopped: stopsOf }))
            assert.ok(rejected(some).length > 0, `the engine was down while builds were ${what}`);
        // Its container has died with the engine, and is still known, or was started afterwards. Podman's go on.
        for (const [at, id] of fresh.entries()) {
            if (startsOf[at].status === 'rejected') continue;
            const { Running, StartedAt } = (await inspect(id)).State;
            const goesOn = (await isPodman()) || (Running && Date.parse(StartedAt) > killedAt);

            assert.match(await verify(id), goesOn ? /^$/ : /ended with exit code/);
        }
        const failed = fresh.filter((id, at) => startsOf[at].status === 'rejected');
        // What a caller may do with a build that was not started: start it again, or stop it first.
        const [atOnce, stoppedFirst] = [failed.filter((_, at) => at % 2), failed.filter((_, at) => !(at % 2))];
        const retried = await concurrently(AT_A_TIME, atOnce, id => start(id));

        // There a stop must come first: it ran and died with the engine, or that has half of it and cannot start it.
        for (const { reason } of rejected(retried))
            assert.ok(['DOCKER_BUILD_ENDED', 'DOCKER_ENGINE'].includes(reason.code), reason.stack);
        stoppedFirst.push(...atOnce.filter((id, at) => retried[at].status === 'rejected'));
        assert.deepEqual(rejected(await concurrently(AT_A_TIME, stoppedFirst, id => stop(id))), []);
        assert.deepEqual(rejected(await concurrently(AT_A_TIME, stoppedFirst, id => start(id))), []);
        for (const id of failed) assert.match(await status(id), /running since/);
        await starts.caughtUp();
        assert.ok(failed.every(id => starts.of(id) === 1));
        assert.equal(starts.most, 1);
        assert.deepEqual(rejected(await concurrently(AT_A_TIME, [...running, ...fresh], id => stop(id))), []);
    }).timeout(600_000);

    it('take the time of the engine: the figures', async () => {
        const ids = builds(15);
        const times = { executor: [], bare: [] };

        // In turns, so that a machine that is busy for a while is so for both.
        for (const id of ids) {
            times.executor.push(await timed(() => start(id)));
            await stop(id);
            await ended();
            times.bare.push(await timed(() => bareStart(id)));
            await stop(id);
            await ended();
        }
        const [ours, bare] = [median(times.executor), median(times.bare)];

        console.log(
            `      one start, median of ${ids.length}: ${ours.toFixed(0)} ms; ` +
                `the bare client with the same calls: ${bare.toFixed(0)} ms; ratio ${(ours / bare).toFixed(2)}`
        );
        assert.ok(ours < bare * 2);
    }).timeout(600_000);

    /** The calls of a start, made by hand. */
    async function bareStart(buildId) {
        const name = `sd-build-${buildId}`;
        const { apiUri, token } = startConfig(api, { buildId });
        const look = container =>
            docker
                .getContainer(container)
                .inspect()
                .catch(() => {});
        const HostConfig = {
            Mounts: [{ Type: 'volume', Source: name, Target: '/opt/sd' }],
            NetworkMode: 'host',
            CpuPeriod: 100_000,
            CpuQuota: 200_000,
            Memory: 2 * 1024 ** 3,
            MemorySwap: 2 * 1024 ** 3
        };

        await docker
            .getVolume(`${name}-ending`)
            .inspect()
            .catch(() => {});
        await look(name);
        await look(name);
        await docker.getImage(images.jobTools).inspect();
        await docker.getImage(images.build('sleeps')).inspect();
        await docker
            .getVolume(name)
            .remove()
            .catch(() => {});
        const tools = await docker.createContainer({
            name: `${name}-tools`,
            Image: images.jobTools,
            Cmd: ['true'],
            HostConfig
        });

        if (await isPodman()) await tools.start();
        await look(name);
        const answer = await fetch(`${apiUri}/v4/builds/${buildId}/token`, {
            method: 'POST',
            headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
            body: JSON.stringify({ buildTimeout: 120 })
        });
        const container = await docker.createContainer({
            name,
            Image: images.build('sleeps'),
            Entrypoint: ['/opt/sd/launch'],
            Cmd: ['--api-uri', apiUri, String(buildId)],
            Env: [`SD_TOKEN=${(await answer.json()).token}`, 'MOUNT_POINT=/opt/sd'],
            HostConfig
        });

        await look(name);
        await look(`${name}-tools`);
        await container.start();
    }
});
