'use strict';

const assert = require('node:assert/strict');
const { after, afterEach, before, describe, it } = require('mocha');
const { freshBuildId, startConfig, startTokenApi, stopConfig } = require('screwdriver-executor-base/testing');
const DockerExecutor = require('../../../examples/docker-executor');
const { concurrently } = require('../../support/concurrently');
const { images } = require('../../images');
const { until } = require('../../support/until');
const { buildsOnEngine, inspect } = require('../engine');
const { OPTIONS } = require('../options');
const { startProxy } = require('../proxy');
const { Worker } = require('../workers');

const AT_A_TIME = 3;

describe('a build that two processes start', () => {
    let api;
    let second;
    let workers = [];

    before(async () => {
        api = await startTokenApi();
        second = new DockerExecutor(OPTIONS);
    });

    afterEach(async () => {
        for (const worker of workers) worker.kill('SIGKILL');
        workers = [];
        await until('an engine without builds', async () => (await buildsOnEngine()).length === 0);
    });

    after(async () => {
        await second.cleanUp();
        await api.close();
    });

    const configOf = (buildId, apiUri = api.uri) =>
        startConfig(api, { buildId, container: images.build('sleeps'), apiUri });

    /**
     * Starts a build in a process that gets the signal at one of its requests. The request comes to its end at once, and its
     * answer later, or it is passed on later itself: `goOn` says when.
     */
    async function startUntil({ step, isLate } = {}, signal = 'SIGKILL') {
        const buildId = freshBuildId();
        let goOn;
        const later = new Promise(resolve => (goOn = resolve));
        let reach;
        const reached = new Promise(resolve => (reach = resolve));
        const waitAt = count => {
            if (count !== step) return undefined;
            worker.kill(signal);
            reach();

            return later;
        };
        const proxy = await startProxy(api.uri, {
            onRequest: count => isLate && waitAt(count),
            onAnswer: count => !isLate && waitAt(count)
        });
        const worker = new Worker({ ...OPTIONS, docker: { host: '127.0.0.1', port: proxy.port } });

        workers.push(worker);
        const started = worker.call('start', configOf(buildId, `http://127.0.0.1:${proxy.port}`));

        await Promise.race([reached, started]);

        return { buildId, goOn, proxy, worker, started };
    }

    /** The requests of a start that nobody disturbs, each in two ways. */
    async function allSteps() {
        const { buildId, proxy } = await startUntil();

        await second.stop(stopConfig(api, { buildId }));
        proxy.close();

        return Array.from({ length: proxy.count }, (_, at) => at + 1).flatMap(step => [
            { step, isLate: false },
            { step, isLate: true }
        ]);
    }

    async function atEachStep(work) {
        const steps = await allSteps();
        const outcomes = await concurrently(AT_A_TIME, steps, work);

        assert.ok(steps.length > 20, `${steps.length} steps`);
        for (const [at, { status, reason }] of outcomes.entries())
            assert.equal(status, 'fulfilled', `${JSON.stringify(steps[at])}: ${reason?.stack ?? reason}`);
    }

    it('runs once, and is no failure, where the first one falls asleep at any step and goes on later', async () => {
        await atEachStep(async step => {
            const { buildId, goOn, proxy, worker, started } = await startUntil(step, 'SIGSTOP');

            assert.equal(await second.start(configOf(buildId)), undefined);
            const { Id, State } = await inspect(buildId);

            assert.equal(State.Running, true);
            api.builds.get(buildId).status = 'RUNNING';
            worker.kill('SIGCONT');
            goOn();
            assert.equal(await started, undefined);
            const later = await inspect(buildId);

            assert.deepEqual([later.Id, later.State.StartedAt], [Id, State.StartedAt]);
            assert.equal(later.State.Running, true);
            await second.stop(stopConfig(api, { buildId }));
            proxy.close();
        });
    }).timeout(300_000);

    it('comes up where the first one was killed at any step, whatever the engine still does for it', async () => {
        await atEachStep(async step => {
            const { buildId, goOn, proxy, worker } = await startUntil(step, 'SIGKILL');

            await worker.exit;
            assert.equal(await second.start(configOf(buildId)), undefined);
            const { Id } = await inspect(buildId);

            goOn();
            await proxy.idle();
            const { Id: later, State } = await inspect(buildId);

            assert.deepEqual([later, State.Running], [Id, true]);
            await second.stop(stopConfig(api, { buildId }));
            proxy.close();
        });
    }).timeout(300_000);
});
