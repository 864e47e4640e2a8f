import assert = require('node:assert/strict');
import { after, afterEach, before, beforeEach, it, type Context } from 'mocha';
import { freshBuildId, startConfig, startTokenApi, stopConfig, type TokenApi } from 'screwdriver-executor-base/testing';
import { images } from '../images';
import { ClusterWorker } from '../support/cluster-worker';
import { ExecutorProcess } from '../support/executor-process';
import { until } from '../support/until';
import type { BuildId } from 'screwdriver-executor-base';

export type Config = Parameters<ClusterWorker['deliver']>[1];

/** What these checks need of an engine. */
export interface Engine {
    /** The folder of its executor in `examples/`. */
    example: string;
    options: object;
    annotations?: Record<string, unknown>;
    /** The options of an executor that cannot reach the engine. */
    unreachable: object;
    /** More builds than a worker handles at a time, and how many it handles. */
    many: { builds: number; prefetch: number };
    /**
     * Resolves once nothing of a build is left on the engine.
     *
     * @param hook given after a check: removes what a failed check has left
     */
    empty(hook?: Context): Promise<void>;
    /** Identifies what runs this build alone. Rejects if the build does not run. */
    runnerOf(buildId: BuildId): Promise<string>;
    /** Keeps starts waiting until `letGo` is called. */
    busy(): Promise<Busy>;
}

interface Busy {
    /** The number of starts that are kept waiting. Without it, a start counts once its process exists. */
    kept?: () => number;
    options?: object;
    annotations?: Record<string, unknown>;
    letGo(): unknown;
    /** Must be called even if `letGo` was called. */
    close(): unknown;
}

/** Seconds that a start may take while the engine keeps it waiting. */
const START_WAIT = 5;

/**
 * What happens to builds in Screwdriver's worker for build clusters, on any engine.
 *
 * @param whyWaiting what a build's owner reads if the engine keeps starts waiting
 */
export function checkInWorker(engine: Engine, whyWaiting: RegExp) {
    const { many } = engine;
    let api: TokenApi;
    let workers: ClusterWorker[];

    before(async () => {
        api = await startTokenApi();
    });

    beforeEach(() => {
        workers = [];
    });

    afterEach(async function () {
        for (const worker of workers) worker.close();
        await engine.empty(this);
    });

    after(() => api.close());

    const newProcess = (options: object) =>
        new ExecutorProcess(engine.example, { ...engine.options, processPerCall: true, ...options });

    function workerWith(options: object = {}, { retryQueue = true, prefetch = 20 } = {}) {
        const worker = new ClusterWorker(() => newProcess(options), { retryQueue, prefetch });

        workers.push(worker);

        return worker;
    }

    const newBuild = (image: 'reports' | 'sleeps' = 'sleeps', annotations: Record<string, unknown> = {}) =>
        startConfig(api, {
            buildId: freshBuildId(),
            container: images.build(image),
            annotations: { ...engine.annotations, ...annotations }
        }) as Config;
    const build = ({ buildId }: Config) => api.builds.get(Number(buildId))!;
    /** The statuses that somebody has tried to set on a build. */
    const updatesOf = ({ buildId }: Config) =>
        api.requests
            .filter(({ method, path }) => method === 'PUT' && path === `/v4/builds/${buildId}`)
            .map(({ body }) => (JSON.parse(body) as { status: string }).status);

    /** As a user and the API do it. */
    function abort(worker: ClusterWorker, config: Config) {
        build(config).status = 'ABORTED';
        worker.deliver('stop', config);
    }

    /** As the API does it for failed builds. */
    async function stop(configs: Config[]) {
        const one = newProcess({});

        await Promise.all(configs.map(({ buildId }) => one.call('stop', stopConfig(api, { buildId }))));
        one.kill('SIGKILL');
        await one.exit;
    }

    async function whileBusy(work: (busy: Busy) => Promise<void>) {
        const busy = await engine.busy();

        try {
            await work(busy);
        } finally {
            await busy.close();
        }
    }

    for (const retryQueue of [false, true]) {
        it(`a build succeeds if the engine lets its third start continue, retry queue ${retryQueue ? 'on' : 'off'}`, () =>
            whileBusy(async ({ kept, options, annotations, letGo }) => {
                const worker = workerWith({ ...options, startWait: START_WAIT }, { retryQueue });
                const config = newBuild('reports', annotations);

                worker.deliver('start', config);
                await until('the third start', () => (kept?.() ?? worker.deliveries.length) === 3, 120);
                await letGo();
                await until('its success', () => build(config).status === 'SUCCESS', 60);
                await worker.idle();
                worker.deliver('stop', config);
                await worker.idle();

                assert.deepEqual(updatesOf(config), ['RUNNING', 'SUCCESS']);
                const jobs = worker.deliveries.map(({ job }) => job);

                // The third one, or the last one on a slow machine.
                assert.deepEqual(
                    jobs.filter(job => job !== 'start'),
                    retryQueue ? ['verify', 'stop'] : ['stop']
                );
            }));
    }

    it(`${many.builds} builds fail once each, with the reason, if the engine lets none continue, and stops are served`, () =>
        whileBusy(async ({ options, annotations }) => {
            const worker = workerWith({ ...options, startWait: START_WAIT }, many);
            const configs = Array.from({ length: many.builds }, () => newBuild('sleeps', annotations));
            const [aborted, ...others] = configs as [Config, ...Config[]];

            for (const config of configs) worker.deliver('start', config);
            abort(worker, aborted);
            await worker.idle();

            assert.equal(build(aborted).status, 'ABORTED');
            for (const config of others) {
                const { status, statusMessage } = build(config);
                const starts = worker.deliveries.filter(({ buildId }) => buildId === config.buildId);

                assert.equal(status, 'FAILURE');
                assert.match(statusMessage!, whyWaiting);
                assert.deepEqual(updatesOf(config), ['FAILURE']);
                // The longest possible wait: four times startWait.
                assert.equal(starts.length, 4);
            }
            await stop(configs);
        }));

    it('a build fails once, with the reason, if the engine cannot be reached', async () => {
        const worker = workerWith(engine.unreachable);
        const config = newBuild();

        worker.deliver('start', config);
        await worker.idle();

        assert.equal(worker.deliveries.length, 4);
        assert.match(build(config).statusMessage!, /^Error: .*(ECONNREFUSED|cannot be reached)/);
        assert.deepEqual(updatesOf(config), ['FAILURE']);
    });

    it('a start that is delivered twice brings the build up once, and the build succeeds', async () => {
        const worker = workerWith();
        const config = newBuild('reports');

        worker.deliver('start', config);
        worker.deliver('start', config);
        await until('its success', () => build(config).status === 'SUCCESS', 60);
        await worker.idle();
        worker.deliver('stop', config);
        await worker.idle();
        assert.deepEqual(updatesOf(config), ['RUNNING', 'SUCCESS']);
    });

    it('a start that is delivered again does not touch the running build', async () => {
        const worker = workerWith();
        const config = newBuild();

        worker.deliver('start', config);
        await worker.idle();
        const runner = await engine.runnerOf(config.buildId);

        worker.deliver('start', config);
        await worker.idle();
        assert.equal(await engine.runnerOf(config.buildId), runner);
        abort(worker, config);
        await worker.idle();
        assert.deepEqual([build(config).status, updatesOf(config)], ['ABORTED', []]);
    });

    for (const order of [
        ['start', 'abort', 'start'],
        ['abort', 'start', 'start'],
        ['start', 'start', 'abort']
    ]) {
        for (const isOneByOne of [true, false]) {
            it(`${order.join(', ')}${isOneByOne ? '' : ' at once'}: nothing of the build is left, and it is ABORTED`, async () => {
                const worker = workerWith();
                const config = newBuild();

                for (const job of order) {
                    if (job === 'abort') abort(worker, config);
                    else worker.deliver('start', config);
                    if (isOneByOne) await worker.idle();
                }
                await worker.idle();
                assert.equal(build(config).status, 'ABORTED');
                await engine.empty();
            });
        }
    }

    for (const status of ['SUCCESS', 'UNSTABLE']) {
        it(`a build that is ${status} keeps its status, and is verified when nothing of it is left`, async () => {
            const worker = workerWith();
            const config = newBuild();

            build(config).status = status;
            worker.verify(config);
            await worker.idle();
            // The worker has tried, since the build is not on the engine.
            assert.deepEqual(updatesOf(config), ['FAILURE']);
            assert.equal(build(config).status, status);
        });
    }
}
