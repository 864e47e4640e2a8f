import assert = require('node:assert/strict');
import { after, afterEach, before, describe, it } from 'mocha';
import { freshBuildId, startConfig, startTokenApi, stopConfig } from 'screwdriver-executor-base/testing';
import DockerExecutor = require('../../../examples/docker-executor/lib/executor');
import { concurrently } from '../../support/concurrently';
import { images } from '../../images';
import { emptyEngine, inspect } from '../engine';
import { OPTIONS } from '../options';
import { startProxy } from '../proxy';
import { Worker } from '../workers';
import { setStatus } from '../../support/status';
import type { TokenApi } from 'screwdriver-executor-base/testing';

const AT_A_TIME = 3;

/** A request of a start, and whether it is passed on at once or late. */
interface Step {
    step: number;
    isLate: boolean;
}

describe('a build that two processes start', () => {
    let api: TokenApi;
    let second: DockerExecutor;
    let workers: Worker[] = [];

    before(async () => {
        api = await startTokenApi();
        second = new DockerExecutor(OPTIONS);
    });

    afterEach(async function () {
        for (const worker of workers) worker.kill('SIGKILL');
        workers = [];
        await emptyEngine(this);
    });

    after(async () => {
        await second.cleanUp();
        await api.close();
    });

    const configOf = (buildId: number, apiUri = api.uri) =>
        startConfig(api, { buildId, container: images.build('sleeps'), apiUri });

    /**
     * Starts a build in a process that gets the signal at one of its requests. Either the request is passed on at once and
     * its answer later, or the request itself is passed on later. `goOn` says when.
     */
    async function startUntil({ step, isLate }: Partial<Step> = {}, signal: NodeJS.Signals = 'SIGKILL') {
        const buildId = freshBuildId();
        let goOn!: () => void;
        const later = new Promise<void>(resolve => (goOn = resolve));
        let reach!: () => void;
        const reached = new Promise<void>(resolve => (reach = resolve));
        const waitAt = (count: number) => {
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

    /** The requests of an undisturbed start, each in both ways. */
    async function allSteps() {
        const { buildId, proxy } = await startUntil();

        await second.stop(stopConfig(api, { buildId }));
        proxy.close();

        return Array.from({ length: proxy.count }, (_, at) => at + 1).flatMap(step => [
            { step, isLate: false },
            { step, isLate: true }
        ]);
    }

    async function atEachStep(work: (step: Step) => Promise<void>) {
        const steps = await allSteps();
        const outcomes = await concurrently(AT_A_TIME, steps, work);

        assert.ok(steps.length > 20, `${steps.length} steps`);
        for (const [at, outcome] of outcomes.entries())
            if (outcome.status === 'rejected') assert.fail(`${JSON.stringify(steps[at])}: ${outcome.reason?.stack}`);
    }

    it('runs once and is not a failure if the first one is suspended at any step and goes on later', async () => {
        await atEachStep(async step => {
            const { buildId, goOn, proxy, worker, started } = await startUntil(step, 'SIGSTOP');

            assert.equal(await second.start(configOf(buildId)), undefined);
            const { Id, State } = await inspect(buildId);

            assert.equal(State.Running, true);
            setStatus(api, buildId, 'RUNNING');
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

    it('comes up if the first one is killed at any step, whatever the engine still does for it', async () => {
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
