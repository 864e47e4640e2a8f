'use strict';

const assert = require('node:assert/strict');
const { after, afterEach, before, beforeEach, describe, it } = require('mocha');
const {
    freshBuildId,
    startConfig,
    startTimerConfig,
    startTokenApi,
    statusConfig,
    stopConfig
} = require('screwdriver-executor-base/testing');
const DockerExecutor = require('../../../examples/docker-executor');
const { images } = require('../../images');
const { claimsIn } = require('../../claims');
const { rejection } = require('../../rejection');
const { until } = require('../../until');
const { buildsOnEngine, docker, output } = require('../engine');

describe('a build in a container', () => {
    let api;
    let executor;
    let buildId;

    const start = (container, overrides = {}) => executor.start(startConfig(api, { buildId, container, ...overrides }));
    const stop = () => executor.stop(stopConfig(api, { buildId }));
    const status = () => executor.status(statusConfig(api, { buildId }));
    const verify = () => executor.verify(startConfig(api, { buildId }));
    const container = () => docker.getContainer(`sd-build-${buildId}`);
    const annotations = short =>
        Object.fromEntries(Object.entries(short).map(([key, value]) => [`screwdriver.cd/${key}`, value]));

    before(async () => {
        api = await startTokenApi();
    });

    beforeEach(() => {
        buildId = freshBuildId();
        executor = new DockerExecutor({ jobToolsImage: images.jobTools, network: 'host' });
    });

    afterEach(async () => {
        await stop();
        await executor.cleanUp();
        assert.deepEqual(await buildsOnEngine(), []);
    });

    after(() => api.close());

    it('runs the launch script of the job tools with the contract of a launcher', async () => {
        await start(images.build('ok'));
        const printed = await output(`sd-build-${buildId}`);

        assert.match(printed, new RegExp(`^launch --api-uri ${api.uri} ${buildId}$`, 'm'));
        assert.match(printed, /^mount point \/opt\/sd$/m);
        assert.match(printed, /^at work$/m);
    });

    it('gives the build a token of its own, exchanged once, by the executor alone', async () => {
        const { length } = api.requests;

        await start(images.build('ok'));
        const claims = claimsIn(await output(`sd-build-${buildId}`));

        assert.deepEqual(claims.scope, ['build']);
        assert.equal(claims.username, buildId);
        assert.deepEqual(
            api.requests.slice(length).map(({ method, path }) => `${method} ${path}`),
            [`POST /v4/builds/${buildId}/token`]
        );
    });

    it('keeps the token out of the arguments, the labels and the names', async () => {
        await start(images.build('sleeps'));
        const { Config, HostConfig, ...info } = await container().inspect();
        const token = Config.Env.find(line => line.startsWith('SD_TOKEN=')).slice('SD_TOKEN='.length);

        assert.ok(token.length > 100);
        assert.ok(!JSON.stringify([{ ...Config, Env: undefined }, HostConfig, info]).includes(token));
    });

    it('has the limits and the labels of its annotations', async () => {
        await start(images.build('sleeps'), { annotations: annotations({ cpu: 'MICRO', ram: 3 }) });
        const { HostConfig, Config } = await container().inspect();

        assert.equal(HostConfig.CpuQuota / HostConfig.CpuPeriod, 0.5);
        assert.equal(HostConfig.Memory, 3 * 1024 ** 3);
        assert.equal(Config.Labels['screwdriver.build'], String(buildId));
        assert.equal(Config.Labels['screwdriver.pipeline'], '1');
    });

    it('is reported as running, and found by the executor that comes after a restart', async () => {
        await start(images.build('sleeps'));
        assert.equal(await verify(), '');
        assert.match(await status(), /^The build has been running since \d{4}-/);

        executor = new DockerExecutor({ jobToolsImage: images.jobTools, network: 'host' });
        assert.equal(await verify(), '');
        assert.match(await status(), /^The build has been running since \d{4}-/);
    });

    it('that ends with exit code 0 is well', async () => {
        await start(images.build('ok'));
        await container().wait();
        assert.equal(await status(), `The build's container ended with exit code 0.`);
        assert.equal(await verify(), '');
    });

    it('that ends with exit code 7 says so', async () => {
        await start(images.build('exit-7'));
        await container().wait();
        assert.equal(await status(), `The build's container ended with exit code 7.`);
        assert.equal(await verify(), `The build's container ended with exit code 7.`);
    });

    it('that runs out of memory says how much it had and how to get more', async () => {
        await start(images.build('out-of-memory'), { annotations: annotations({ ram: 0.0625 }) });
        await container().wait();
        const reason = 'The build ran out of memory: it may use 0.06 GB. The annotation screwdriver.cd/ram gives more.';

        assert.equal(await verify(), reason);
        assert.equal(await status(), reason);
    });

    it('whose image is missing fails with the name of the image', async () => {
        const error = await rejection(start(images.missing));

        assert.equal(error.code, 'DOCKER_IMAGE');
        assert.equal(error.kind, 'image');
        assert.match(error.message, /^Image screwdriver-e2e\/missing:1 cannot be pulled: /);
        assert.match(await verify(), /screwdriver-e2e\/missing:1/);
    });

    it('whose job tools have no launch script fails with the path of the script', async () => {
        executor = new DockerExecutor({ jobToolsImage: images.noLaunch, network: 'host' });
        const error = await rejection(start(images.build('ok')));

        assert.equal(error.code, 'DOCKER_LAUNCH');
        assert.equal(error.kind, 'image');
        assert.match(await verify(), /^The launch script \/opt\/sd\/launch cannot run/);
        assert.deepEqual(await buildsOnEngine(), []);
    });

    it('whose image has no shell for the launch script says so', async () => {
        await start(images.noShell);
        await container().wait();
        assert.match(await verify(), /^The launch script \/opt\/sd\/launch cannot run in the image .*no-shell:1/);
    });

    it('that the API gives no token does not start', async () => {
        api.failNext(403);
        const error = await rejection(start(images.build('ok')));

        assert.equal(error.code, 'EXECUTOR_EXCHANGE_FORBIDDEN');
        assert.deepEqual(await buildsOnEngine(), []);
    });

    it('that ignores TERM is killed after its grace period', async () => {
        await start(images.build('ignores-term'), { annotations: annotations({ terminationGracePeriodSeconds: 1 }) });
        const begin = performance.now();

        await stop();
        assert.ok(performance.now() - begin > 900);
        assert.ok(performance.now() - begin < 8_000);
    });

    it('that takes longer than its timeout is ended, and the reason is known', async () => {
        const short = annotations({ timeout: 0.01 });

        await start(images.build('sleeps'), { annotations: short });
        await executor.startTimer(startTimerConfig(api, { buildId, annotations: short }));
        const { StatusCode } = await container().wait();

        assert.equal(StatusCode, 143);
        await until('the reason', async () => /its timeout of 0.01 minutes/.test(await status()));
        assert.match(await verify(), /its timeout of 0.01 minutes/);
    });

    it('started twice is refused by name, and the first goes on', async () => {
        await start(images.build('sleeps'));
        const error = await rejection(start(images.build('sleeps')));

        assert.equal(error.code, 'DOCKER_BUILD_EXISTS');
        assert.match(error.message, new RegExp(`Build ${buildId} `));
        assert.match(await status(), /running since/);
    });

    it('can be stopped twice, and was never there for status and verify', async () => {
        await start(images.build('sleeps'));
        await stop();
        await stop();
        assert.match(await status(), /^The build has no container on this engine/);
        assert.match(await verify(), /^The build has no container on this engine/);
    });
});
