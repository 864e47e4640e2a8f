import assert = require('node:assert/strict');
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { freshBuildId, startConfig, startTokenApi, type TokenApi } from 'screwdriver-executor-base/testing';
import { images } from '../../images';
import { ClusterWorker } from '../../support/cluster-worker';
import { until } from '../../support/until';
import { emptyEngine, inspect } from '../engine';
import { OPTIONS } from '../options';
import { startProxy } from '../proxy';
import { Worker } from '../workers';
import type { Options } from '../../../examples/docker-executor/lib/settings';

type Config = Parameters<ClusterWorker['deliver']>[1];

/** Seconds that a start may take where the engine keeps it waiting. */
const START_WAIT = 5;

describe('in the worker for build clusters, where each call has a process of its own', function () {
    this.timeout(600_000);
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
        await emptyEngine(this);
    });

    after(() => api.close());

    function workerWith(options: Options = {}, retryQueue = true) {
        const worker = new ClusterWorker(() => new Worker({ ...OPTIONS, processPerCall: true, ...options }), {
            retryQueue
        });

        workers.push(worker);

        return worker;
    }

    const newBuild = (image: 'reports' | 'sleeps' = 'sleeps') =>
        startConfig(api, { buildId: freshBuildId(), container: images.build(image) }) as Config;
    const build = ({ buildId }: Config) => api.builds.get(Number(buildId))!;
    /** What somebody has tried to make of a build. */
    const updatesOf = ({ buildId }: Config) =>
        api.requests
            .filter(({ method, path }) => method === 'PUT' && path === `/v4/builds/${buildId}`)
            .map(({ body }) => (JSON.parse(body) as { status: string }).status);

    /** As a user does it, and the API. */
    function abort(worker: ClusterWorker, config: Config) {
        build(config).status = 'ABORTED';
        worker.deliver('stop', config);
    }

    /** An engine that keeps whoever makes a build's container waiting, until it is let go. */
    async function busyEngine() {
        let letGo = () => {};
        const isFree = new Promise<void>(resolve => (letGo = resolve));
        const kept: string[] = [];
        const proxy = await startProxy(api.uri, {
            onRequest(_count, request) {
                if (!request.startsWith('POST /containers/create?name=sd-build-')) return;
                kept.push(request);

                return isFree;
            }
        });

        return {
            kept,
            letGo,
            close: proxy.close,
            docker: { protocol: 'http', host: '127.0.0.1', port: proxy.port } as const
        };
    }

    for (const retryQueue of [false, true]) {
        it(`a build succeeds that the engine lets go on at its third start, retry queue ${retryQueue ? 'on' : 'off'}`, async () => {
            const engine = await busyEngine();
            const worker = workerWith({ docker: engine.docker, startWait: START_WAIT }, retryQueue);
            const config = newBuild('reports');

            worker.deliver('start', config);
            await until('the third start', () => engine.kept.length === 3, 120);
            engine.letGo();
            await until('its success', () => build(config).status === 'SUCCESS', 60);
            await worker.idle();
            worker.deliver('stop', config);
            await worker.idle();

            assert.deepEqual(updatesOf(config), ['RUNNING', 'SUCCESS']);
            assert.deepEqual(
                worker.deliveries.map(({ job }) => job).filter(job => job !== 'start'),
                [...(retryQueue ? ['verify'] : []), 'stop']
            );
            engine.close();
        });
    }

    it('25 builds are failures with the reason, each once, where the engine lets none go on, and stops are served', async () => {
        const engine = await busyEngine();
        const worker = workerWith({ docker: engine.docker, startWait: START_WAIT });
        const configs = Array.from({ length: 25 }, () => newBuild());
        const [aborted, ...others] = configs as [Config, ...Config[]];

        for (const config of configs) worker.deliver('start', config);
        abort(worker, aborted);
        await worker.idle();
        engine.close();

        assert.equal(build(aborted).status, 'ABORTED');
        for (const config of others) {
            const { status, statusMessage } = build(config);
            const starts = worker.deliveries.filter(({ buildId }) => buildId === config.buildId);

            assert.equal(status, 'FAILURE');
            assert.match(statusMessage!, /the start did not end within 5 seconds/);
            assert.deepEqual(updatesOf(config), ['FAILURE']);
            // The longest wait: four times startWait.
            assert.equal(starts.length, 4);
        }
    });

    it('a build is a failure with the reason, once, where the engine cannot be reached', async () => {
        const worker = workerWith({ docker: { protocol: 'http', host: '127.0.0.1', port: 1 } });
        const config = newBuild();

        worker.deliver('start', config);
        await worker.idle();

        assert.equal(worker.deliveries.length, 4);
        assert.match(build(config).statusMessage!, /^Error: .*(ECONNREFUSED|cannot be reached)/);
        assert.deepEqual(updatesOf(config), ['FAILURE']);
    });

    it('a start that is delivered twice brings the build up once, which then ends well', async () => {
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

    it('a start that is delivered once more leaves the build alone that runs', async () => {
        const worker = workerWith();
        const config = newBuild();

        worker.deliver('start', config);
        await worker.idle();
        const { Id } = await inspect(config.buildId);

        worker.deliver('start', config);
        await worker.idle();
        const { Id: later, State } = await inspect(config.buildId);

        assert.deepEqual([later, State.Running], [Id, true]);
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
            it(`${order.join(', ')}${isOneByOne ? '' : ' at once'}: nothing of the build stays, and it is ABORTED`, async () => {
                const worker = workerWith();
                const config = newBuild();

                for (const job of order) {
                    if (job === 'abort') abort(worker, config);
                    else worker.deliver('start', config);
                    if (isOneByOne) await worker.idle();
                }
                await worker.idle();
                assert.equal(build(config).status, 'ABORTED');
                await emptyEngine();
            });
        }
    }

    for (const status of ['SUCCESS', 'UNSTABLE']) {
        it(`a build that is ${status} stays so, and is verified when nothing of it is left`, async () => {
            const worker = workerWith();
            const config = newBuild();

            build(config).status = status;
            worker.verify(config);
            await worker.idle();
            // The worker has tried, as the build is not on the engine.
            assert.deepEqual(updatesOf(config), ['FAILURE']);
            assert.equal(build(config).status, status);
        });
    }
});

describe('the worker of these checks', () => {
    const answering = (value: unknown) => () => ({
        call: () => Promise.resolve(value),
        kill: () => {},
        exit: Promise.resolve()
    });

    for (const [what, value, jobs] of [
        ['at once after a falsy value', null, ['start', 'verify']],
        ['later after any other', true, ['start']]
    ] as const) {
        it(`verifies ${what}`, async () => {
            const api = await startTokenApi();
            const worker = new ClusterWorker(answering(value), { retryQueue: true, initTimeout: 200 });

            worker.deliver('start', startConfig(api));
            await worker.idle();
            assert.deepEqual(
                worker.deliveries.map(({ job }) => job),
                jobs
            );
            await until('its verification', () => worker.deliveries.length === 2);
            worker.close();
            await api.close();
        });
    }
});
