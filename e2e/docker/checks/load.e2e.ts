import assert = require('node:assert/strict');
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { freshBuildId, startConfig, startTokenApi, statusConfig, stopConfig } from 'screwdriver-executor-base/testing';
import DockerExecutor = require('../../../examples/docker-executor/lib/executor');
import { assertClassified } from '../../support/classified';
import { concurrently } from '../../support/concurrently';
import { median, timed } from '../../support/figures';
import { images } from '../../images';
import { buildsOnEngine, docker, emptyEngine, inspect, jobToolsOnEngine, listing } from '../engine';
import { OPTIONS } from '../options';
import { isPodman } from '../podman';
import { Starts } from '../starts';
import { Worker } from '../workers';
import type { HostConfig } from 'dockerode';
import type { BuildId } from 'screwdriver-executor-base';
import type { TokenApi } from 'screwdriver-executor-base/testing';

const AT_A_TIME = 10;
/** Fewer than the exchanges of the check that uses them. */
const FAILED_EXCHANGES = 5;

describe('many builds', () => {
    let api: TokenApi;
    let executor: DockerExecutor;
    let found: Awaited<ReturnType<typeof listing>>;
    let starts: Starts;

    const newExecutor = () => new DockerExecutor(OPTIONS);
    const start = (buildId: BuildId, on = executor) =>
        on.start(startConfig(api, { buildId, container: images.build('sleeps'), annotations: {} }));
    const stop = (buildId: BuildId, on = executor) => on.stop(stopConfig(api, { buildId }));
    const status = (buildId: BuildId) => executor.status(statusConfig(api, { buildId }));
    const verify = async (buildId: BuildId) => String(await executor.verify(startConfig(api, { buildId })));
    const builds = (count: number) => Array.from({ length: count }, freshBuildId);
    /** A build that died with the engine is a failure as soon as an executor has looked for its builds. */
    const isFailure = (buildId: BuildId) => api.builds.get(Number(buildId))?.status === 'FAILURE';
    const rejected = (outcomes: PromiseSettledResult<unknown>[]) =>
        outcomes.filter(outcome => outcome.status === 'rejected');

    before(async () => {
        api = await startTokenApi();
    });

    beforeEach(async () => {
        executor = newExecutor();
        found = await listing();
        starts = new Starts();
        await starts.follow();
    });

    afterEach(async function () {
        starts.close();
        try {
            await emptyEngine(this);
        } finally {
            await executor.cleanUp();
        }
        assert.deepEqual(await listing(), found);
    });

    after(() => api.close());

    it('start, run and stop: 100 of them, 10 at a time', async () => {
        const ids = builds(100);
        const { length } = api.requests;

        assert.deepEqual(rejected(await concurrently(AT_A_TIME, ids, id => start(id))), []);
        assert.equal(api.requests.length - length, ids.length);
        assert.equal((await buildsOnEngine()).filter(name => name.startsWith('/')).length, ids.length);
        for (const id of ids) assert.match(await status(id), /running since/);
        assert.deepEqual(rejected(await concurrently(AT_A_TIME, ids, id => stop(id))), []);
    }).timeout(600_000);

    it('never run twice and leave nothing if their starts and stops race on two processes that are killed meanwhile', async () => {
        const ids = builds(72);
        const workers: [Worker, Worker] = [new Worker(OPTIONS), new Worker(OPTIONS)];
        const outcomes: PromiseSettledResult<unknown>[] = [];
        let lost = 0;
        const call = async (at: 0 | 1, operation: 'start' | 'stop', id: BuildId) => {
            const config =
                operation === 'start'
                    ? startConfig(api, { buildId: id, container: images.build('sleeps'), annotations: {} })
                    : stopConfig(api, { buildId: id });
            const worker = workers[at];
            // A call has no outcome if its process is killed.
            const outcome = await Promise.race([
                Promise.allSettled([worker.call(operation, config)]).then(([settled]) => settled),
                worker.exit.then(() => undefined)
            ]);

            if (outcome) outcomes.push(outcome);
            else lost += 1;
        };
        const end = async (at: 0 | 1, signal: NodeJS.Signals) => {
            const old = workers[at];

            old.kill(signal);
            await old.exit;
            workers[at] = new Worker(OPTIONS);

            return old.exit;
        };
        const endings: Worker['exit'][] = [];

        // The first exchanges fail. states.e2e.ts checks that the build of another start survives that.
        api.failNext(...Array.from({ length: FAILED_EXCHANGES }, () => 403));
        await concurrently(AT_A_TIME, ids, async id => {
            const at = ids.indexOf(id);

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
        assert.equal(outcomes.length + lost, ids.length * 7);
        assertClassified(outcomes);
        assert.ok(
            api.requests.some(({ status }) => status === 403),
            'exchanges failed'
        );
        assert.deepEqual(rejected(await concurrently(AT_A_TIME, ids, id => stop(id))), []);
        await emptyEngine();
        await starts.caughtUp();
        assert.ok(ids.every(id => starts.of(id) === 0));
        assert.equal(starts.most, 1);
        for (const worker of workers) worker.kill('SIGTERM');
        for (const worker of workers) assert.deepEqual(await worker.exit, [0, null]);
    }).timeout(600_000);

    it('are neither lost nor doubled if the engine is killed meanwhile', async function () {
        const command = process.env.DOCKER_RESTART;

        if (!command) {
            console.log('      not run: DOCKER_RESTART does not say how this engine is killed and started again');
            return this.skip();
        }
        const running = builds(10);
        const fresh = builds(30);
        // Three starts, then a stop, and so on.
        const work = running.flatMap((id, at) => [
            ...fresh.slice(at * 3, at * 3 + 3).map(of => () => start(of)),
            () => stop(id)
        ]);
        let done = 0;
        let restart: Promise<unknown> | undefined;
        let killedAt = Infinity;

        assert.deepEqual(rejected(await concurrently(AT_A_TIME, running, id => start(id))), []);
        const outcomes = await concurrently(AT_A_TIME, work, async doIt => {
            await doIt();
            done += 1;
            if (done !== AT_A_TIME) return;
            killedAt = Date.now();
            restart = promisify(exec)(command);
        });

        await restart;
        await starts.follow();
        assertClassified(outcomes);
        const stopsOf = outcomes.filter((_, at) => at % 4 === 3);
        const startsOf = outcomes.filter((_, at) => at % 4 !== 3);

        for (const [what, some] of Object.entries({ started: startsOf, stopped: stopsOf }))
            assert.ok(rejected(some).length > 0, `the engine was down while builds were ${what}`);
        // The container has died with the engine and is still known, or was started afterwards. Podman's containers go on.
        for (const [at, id] of fresh.entries()) {
            if (startsOf[at]?.status === 'rejected' || isFailure(id)) continue;
            const { Running, StartedAt } = (await inspect(id)).State;
            const goesOn = (await isPodman()) || (Running && Date.parse(StartedAt) > killedAt);

            assert.match(await verify(id), goesOn ? /^$/ : /ended with exit code/);
        }
        const failed = fresh.filter((id, at) => startsOf[at]?.status === 'rejected');
        // What a caller may do with a build that was not started: start it again, or stop it first.
        const atOnce = failed.filter((_, at) => at % 2);
        const stoppedFirst = failed.filter((_, at) => !(at % 2));
        const retried = await concurrently(AT_A_TIME, atOnce, id => start(id));

        // These need a stop first: the build ran and died with the engine, or the engine has half of it and cannot start it.
        for (const { reason } of rejected(retried))
            assert.ok(['DOCKER_BUILD_ENDED', 'DOCKER_ENGINE'].includes(reason.code), reason.stack);
        stoppedFirst.push(...atOnce.filter((id, at) => retried[at]?.status === 'rejected'));
        assert.deepEqual(rejected(await concurrently(AT_A_TIME, stoppedFirst, id => stop(id))), []);
        const again = await concurrently(AT_A_TIME, stoppedFirst, id => start(id));
        // No start brings back a build that the API knows as a failure.
        const waiting = stoppedFirst.filter(id => !isFailure(id));

        assert.deepEqual(rejected(again.filter((_, at) => waiting.includes(stoppedFirst[at]!))), []);
        for (const id of failed.filter(id => !isFailure(id))) assert.match(await status(id), /running since/);
        await starts.caughtUp();
        assert.ok(failed.every(id => isFailure(id) || starts.of(id) === 1));
        assert.equal(starts.most, 1);
        assert.deepEqual(rejected(await concurrently(AT_A_TIME, [...running, ...fresh], id => stop(id))), []);
    }).timeout(600_000);

    it('start in less than twice the time of the bare client: the figures', async () => {
        const ids = builds(15);
        const times = { executor: [] as number[], bare: [] as number[] };

        // In turn, so that a machine that is busy for a while slows both.
        for (const id of ids) {
            times.executor.push(await timed(() => start(id)));
            await stop(id);
            await emptyEngine();
            times.bare.push(await timed(() => bareStart(id)));
            await stop(id);
            await emptyEngine();
        }
        const [ours, bare] = [median(times.executor), median(times.bare)];

        console.log(
            `      one start, median of ${ids.length}: ${ours.toFixed(0)} ms; ` +
                `the bare client with the same calls: ${bare.toFixed(0)} ms; ratio ${(ours / bare).toFixed(2)}`
        );
        assert.ok(ours < bare * 2);
    }).timeout(600_000);

    /** The calls of a start, made by hand. */
    async function bareStart(buildId: BuildId) {
        const name = `sd-build-${buildId}`;
        const [tools = ''] = (await jobToolsOnEngine()).filter(one => !one.startsWith('/'));
        const { apiUri, token } = startConfig(api, { buildId });
        const look = (container: string) =>
            docker
                .getContainer(container)
                .inspect()
                .catch(() => {});
        const HostConfig: HostConfig = {
            Mounts: [{ Type: 'volume', Source: tools, Target: '/opt/sd', ReadOnly: true }],
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
        await docker.createVolume({ Name: `${name}-starting` });
        await docker.getVolume(`${name}-starting`).inspect();
        await look(name);
        await docker.getImage(images.jobTools).inspect();
        await look(tools);
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
            Env: [`SD_TOKEN=${((await answer.json()) as { token: string }).token}`, 'MOUNT_POINT=/opt/sd'],
            HostConfig
        });

        await look(tools);
        await look(name);
        await docker.getVolume(`${name}-starting`).inspect();
        await container.start();
    }
});
