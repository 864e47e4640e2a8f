import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import Executor from 'screwdriver-executor-base';
import {
    MemoryEngine,
    MemoryExecutor,
    startConfig,
    startTokenApi,
    type TokenApi
} from 'screwdriver-executor-base/testing';
import { rejection } from '../support/executors';

/** A timeout of 60 milliseconds, in minutes. */
const SHORT = { 'screwdriver.cd/timeout': 0.001 };

describe('the executor in memory', () => {
    let api: TokenApi;
    let executor: MemoryExecutor;
    let config: Executor.StartConfig;

    // Made once: they take longer than the tests.
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });

    beforeEach(async () => {
        api = await startTokenApi({ keys });
        executor = new MemoryExecutor();
        config = startConfig(api, { buildId: 7, container: 'node:22' });
    });

    afterEach(() => api.close());

    const builds = () => [...executor.engine.builds.keys()];

    async function isGone(): Promise<void> {
        while (builds().length > 0) await sleep(5);
    }

    it('runs a build with the command of the launcher and the token of the build', async () => {
        expect(await executor.start(config)).to.equal(true);
        const build = executor.engine.builds.get('7')!;
        const token = build.env.SD_TOKEN!;
        const { command, args, env } = Executor.launch({ ...config, token }, '/opt/sd');

        expect(build).to.deep.equal({
            id: '7',
            image: 'node:22',
            annotations: { cpu: 'HIGH', ram: 'LOW', timeout: 45, executor: 'demo' },
            command,
            args,
            env
        });
        expect(token).to.not.equal(config.token);
        expect(api.requests.map(({ body }) => body)).to.deep.equal(['{"buildTimeout":75}']);
    });

    it('joins the start of another executor on its engine', async () => {
        const second = new MemoryExecutor({ engine: executor.engine });

        await executor.start(config);
        expect(await second.start(config)).to.equal(true);
        expect(api.requests).to.have.length(1);
    });

    for (const [what, status] of [
        ['has', 'RUNNING'],
        ['has not yet', 'QUEUED']
    ] as const) {
        it(`joins a start that has overtaken its own, whose build ${what} begun`, async () => {
            class Overtaken extends MemoryExecutor {
                override async exchangeTokenForBuild(...args: Parameters<MemoryExecutor['exchangeTokenForBuild']>) {
                    await executor.start(config);
                    api.builds.get(7)!.status = status;

                    return super.exchangeTokenForBuild(...args);
                }
            }
            const start = new Overtaken({ engine: executor.engine }).start(config);

            await executor.start(config);
            const build = executor.engine.builds.get('7');

            expect(await start).to.equal(true);
            expect(executor.engine.builds.get('7')).to.equal(build);
        });
    }

    it('gives up a start that is stopped while the API or the engine does not answer', async () => {
        api.failNext('hang');
        const exchanging = executor.start(config);

        while (api.requests.length === 0) await sleep(1);
        await executor.stop(config);
        expect(await exchanging).to.equal(false);

        const patient = new MemoryExecutor({ engineTimeout: 600_000 });

        patient.engine.latency = 600_000;
        const searching = patient.start(config);

        await sleep(20);
        patient.engine.latency = 0;
        await patient.stop(config);
        expect(await searching).to.equal(false);
    });

    it('rejects a start whose token the API refuses, and runs nothing', async () => {
        api.builds.get(7)!.status = 'ABORTED';
        const error = await rejection(executor.start(config));

        expect(error).to.include({ code: 'EXECUTOR_EXCHANGE_FORBIDDEN', statusCode: 403 });
        expect(builds()).to.deep.equal([]);
    });

    it('says of a build whether it is starting, running or gone', async () => {
        const answers = async () => [await executor.status(config), await executor.verify(config)];

        api.failNext({ delay: 100 });
        const start = executor.start(config);

        while (api.requests.length === 0) await sleep(1);
        expect(await answers()).to.deep.equal(['starting', '']);
        await start;
        expect(await answers()).to.deep.equal(['running', '']);
        await executor.stop(config);
        expect(await answers()).to.deep.equal(['not found', 'Build 7 is not running.']);
    });

    it('answers a subclass that passes no context', async () => {
        class Subclass extends MemoryExecutor {
            protected override async _verify(given: Executor.VerifyConfig): Promise<string> {
                return `${await super._status(given)}: ${await super._verify(given)}`;
            }
        }

        expect(await new Subclass().verify(config)).to.equal('not found: Build 7 is not running.');
    });

    it('says that an image cannot be pulled', async () => {
        executor.engine.missingImages.add('node:22');
        await executor.start(config);
        expect(await executor.verify(config)).to.equal('Image node:22 could not be pulled.');
    });

    for (const operation of ['start', 'stop', 'verify', 'status'] as const) {
        it(`rejects ${operation} while the engine is down, and works once it is back`, async () => {
            executor.engine.down = true;
            const error = await rejection(executor[operation](config));

            expect(error.toJSON()).to.deep.include({
                message: 'The engine cannot be reached: check that it runs and that its address is right',
                code: 'MEMORY_ENGINE_DOWN',
                kind: 'engine',
                retryable: true,
                userMessage: 'The build could not be started. Start it again.'
            });
            expect(error.cause).to.include({ message: 'connect ECONNREFUSED 127.0.0.1:1', code: 'ECONNREFUSED' });
            expect(executor.stats().breaker).to.deep.equal({ isClosed: false });
            executor.engine.down = false;
            await executor[operation](config);
            expect(executor.stats().breaker).to.deep.equal({ isClosed: true });
        });
    }

    it('rejects in time if the engine does not answer', async () => {
        const engine = Object.assign(new MemoryEngine(), { latency: 60_000 });
        const error = await rejection(new MemoryExecutor({ engine, engineTimeout: 20 }).start(config));

        expect(error).to.include({
            message: 'The engine did not answer within 20 ms: check its load',
            code: 'MEMORY_ENGINE_SLOW',
            kind: 'timeout',
            retryable: true
        });
    });

    it('counts its starts', async () => {
        await executor.start(config);
        expect(executor.stats().requests).to.include({ total: 1, success: 1, failure: 0 });
    });

    it('ends a build when its time has passed', async () => {
        await executor.start(config);
        await executor.startTimer({ ...config, annotations: SHORT });
        await isGone();
    });

    it('does not mind an engine that is down when the time of a build has passed', async () => {
        await executor.start(config);
        await executor.startTimer({ ...config, annotations: SHORT });
        executor.engine.down = true;
        await sleep(150);
        expect(builds()).to.deep.equal(['7']);
    });

    const later = { 'screwdriver.cd/timeout': 1e9 };

    for (const [what, act] of [
        ['stopTimer', () => executor.stopTimer(config)],
        ['cleanUp', () => executor.cleanUp()],
        ['another timer', () => executor.startTimer({ ...config, annotations: later })],
        ['a stop and another start', () => executor.stop(config).then(() => executor.start(config))]
    ] as const) {
        it(`does not end a build at the time of an earlier timer after ${what}`, async () => {
            await executor.start(config);
            await executor.startTimer({ ...config, annotations: SHORT });
            await act();
            await sleep(150);
            expect(builds()).to.deep.equal(['7']);
            await executor.cleanUp();
        });
    }
});
