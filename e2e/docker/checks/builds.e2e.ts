import assert = require('node:assert/strict');
import { describe, it } from 'mocha';
import { startTimerConfig } from 'screwdriver-executor-base/testing';
import { annotations } from '../../support/annotations';
import { claimsIn } from '../../support/claims';
import { images } from '../../images';
import { rejection } from '../../support/rejection';
import { until } from '../../support/until';
import { buildsOnEngine, docker, output, stopTimeout } from '../engine';
import { oneBuild } from '../one-build';
import { skipOnPodman } from '../podman';
import { setStatus } from '../../support/status';

/** What engines themselves set in the environment of a container. */
const ENGINES_OWN = { PATH: undefined, HOME: undefined, HOSTNAME: undefined, TERM: undefined, container: undefined };

describe('a build in a container', () => {
    const build = oneBuild();

    it('runs the launch script of the job tools with the contract of a launcher', async () => {
        await build.start(images.build('ok'));
        const printed = await output(`sd-build-${build.id}`);

        assert.match(printed, new RegExp(`^launch --api-uri ${build.api.uri} ${build.id}$`, 'm'));
        assert.match(printed, /^mount point \/opt\/sd$/m);
        assert.match(printed, /^at work$/m);
    });

    it('gets its own token, exchanged once and only by the executor', async () => {
        const { length } = build.api.requests;

        await build.start(images.build('ok'));
        const claims = claimsIn(await output(`sd-build-${build.id}`));

        assert.deepEqual(claims.scope, ['build']);
        assert.equal(claims.username, build.id);
        assert.deepEqual(
            build.api.requests.slice(length).map(({ method, path }) => `${method} ${path}`),
            [`POST /v4/builds/${build.id}/token`]
        );
    });

    it('keeps the token out of the arguments, the labels and the names', async () => {
        await build.start(images.build('sleeps'));
        const { Config, HostConfig, ...info } = await build.container().inspect();
        const token = Config.Env.find(line => line.startsWith('SD_TOKEN='))?.slice('SD_TOKEN='.length);

        assert.ok(token && token.length > 100);
        assert.ok(!JSON.stringify([{ ...Config, Env: undefined }, HostConfig, info]).includes(token));
    });

    it('has in its environment what the job tools read', async () => {
        await build.start(images.build('sleeps'), {
            annotations: annotations({ cpu: 'MICRO', ram: 3, timeout: 20, terminationGracePeriodSeconds: 90 })
        });
        const { Config } = await build.container().inspect();
        const given = Object.fromEntries(Config.Env.map(line => line.split(/=(.*)/s).slice(0, 2)));

        assert.deepEqual(
            { ...given, ...ENGINES_OWN, SD_TOKEN: undefined, STEPS: undefined },
            {
                MOUNT_POINT: '/opt/sd',
                CONTAINER_IMAGE: images.build('sleeps'),
                CONTAINER_CPU_LIMIT: '0.5',
                CONTAINER_MEMORY_LIMIT: String(3 * 1024 ** 3),
                NODE_ID: (await docker.info()).Name,
                SD_BASE_COMMAND_PATH: '/sd/commands/',
                SD_BUILD_PREFIX: 'sd-',
                SD_BUILD_TIMEOUT: '20',
                SD_PIPELINE_ID: '1',
                SD_TEMP: '/tmp',
                SD_TERMINATION_GRACE_PERIOD_SECONDS: '90',
                ...ENGINES_OWN,
                SD_TOKEN: undefined,
                STEPS: undefined
            }
        );
        assert.equal(await stopTimeout(build.id), 90);
    });

    it('has the limits and the labels of its annotations', async () => {
        await build.start(images.build('sleeps'), { annotations: annotations({ cpu: 'MICRO', ram: 3 }) });
        const { HostConfig, Config } = await build.container().inspect();

        assert.equal(Number(HostConfig.CpuQuota) / Number(HostConfig.CpuPeriod), 0.5);
        assert.equal(HostConfig.Memory, 3 * 1024 ** 3);
        assert.equal(Config.Labels['screwdriver.build'], String(build.id));
        assert.equal(Config.Labels['screwdriver.pipeline'], '1');
    });

    it('is reported as running, and found by the next executor after a restart', async () => {
        await build.start(images.build('sleeps'));
        assert.equal(await build.verify(), '');
        assert.match(await build.status(), /^The build has been running since \d{4}-/);

        build.use();
        assert.equal(await build.verify(), '');
        assert.match(await build.status(), /^The build has been running since \d{4}-/);
    });

    it('that has ended with exit code 0 has the result that its launcher has reported to the API', async () => {
        await build.start(images.build('ok'));
        await build.container().wait();
        assert.match(await build.status(), /^The build's container has ended\. .* to the API\.$/);
        assert.equal(await build.verify(), '');
    });

    it('that ends with exit code 7 says so', async () => {
        await build.start(images.build('exit-7'));
        await build.container().wait();
        assert.equal(await build.status(), `The build's container ended with exit code 7.`);
        assert.equal(await build.verify(), `The build's container ended with exit code 7.`);
    });

    it('that runs out of memory says how much it had and how to get more', async function () {
        await skipOnPodman(this, 'it does not tell of memory that has run out');
        await build.start(images.build('out-of-memory'), { annotations: annotations({ ram: 0.0625 }) });
        await build.container().wait();
        const reason =
            'The build ran out of memory: it may use 0.06 GB. Request more with the annotation screwdriver.cd/ram.';

        assert.equal(await build.verify(), reason);
        assert.equal(await build.status(), reason);
    });

    it('whose image is missing fails with the name of the image', async () => {
        const error = await rejection(build.start(images.missing));

        assert.equal(error.code, 'DOCKER_IMAGE');
        assert.equal(error.kind, 'image');
        assert.match(error.message, /^Image screwdriver-e2e\/missing:1 cannot be pulled: /);
        assert.match(await build.verify(), /screwdriver-e2e\/missing:1/);
    });

    for (const mountPoint of ['/opt/sd', '/opt/sd/']) {
        it(`whose job tools have no launch script fails with the path of the script: in ${mountPoint}`, async () => {
            build.use({ jobToolsImage: images.noLaunch, mountPoint });
            const error = await rejection(build.start(images.build('ok')));

            assert.equal(error.code, 'DOCKER_LAUNCH');
            assert.equal(error.kind, 'image');
            assert.match(await build.verify(), /^\/opt\/sd\/launch of the job tools cannot run/);
            assert.deepEqual(await buildsOnEngine(), []);
        });
    }

    it('whose image has no shell for the launch script says so', async () => {
        await build.start(images.noShell);
        await build.container().wait();
        assert.match(await build.verify(), /^\/opt\/sd\/launch of the job tools cannot run in the image .*no-shell:1/);
    });

    it('that gets no token from the API does not start', async () => {
        build.api.failNext(403);
        const error = await rejection(build.start(images.build('ok')));

        assert.equal(error.code, 'EXECUTOR_EXCHANGE_FORBIDDEN');
        assert.deepEqual(await buildsOnEngine(), []);
    });

    it('that ignores TERM is killed after its grace period', async () => {
        await build.start(images.build('ignores-term'), {
            annotations: annotations({ terminationGracePeriodSeconds: 3 })
        });
        const ended = build.container().wait();
        const begin = performance.now();

        await build.stop();
        assert.equal((await ended).StatusCode, 137);
        assert.ok(performance.now() - begin > 2_900);
    });

    it('that takes longer than its timeout is ended, and the reason is known', async () => {
        const short = annotations({ timeout: 0.01 });

        await build.start(images.build('sleeps'), { annotations: short });
        await build.executor.startTimer(startTimerConfig(build.api, { buildId: build.id, annotations: short }));
        const { StatusCode } = await build.container().wait();

        assert.equal(StatusCode, 143);
        await until('the reason', async () => /its timeout of 0.01 minutes/.test(await build.status()));
        assert.match(await build.verify(), /its timeout of 0.01 minutes/);
    });

    it('that is started twice goes on, and nothing new is created', async () => {
        await build.start(images.build('sleeps'));
        const [before, container] = [await buildsOnEngine(), await build.container().inspect()];

        await build.start(images.build('sleeps'));
        assert.deepEqual(await buildsOnEngine(), before);
        assert.equal((await build.container().inspect()).Id, container.Id);
        assert.match(await build.status(), /running since/);
    });

    it('that has ended: its start resolves if the API knows that it ran, and rejects with the reason otherwise', async () => {
        await build.start(images.build('exit-7'));
        await build.container().wait();
        const { StartedAt } = (await build.container().inspect()).State;
        const error = await rejection(build.start(images.build('exit-7')));

        assert.equal(error.code, 'DOCKER_BUILD_ENDED');
        assert.equal(error.retryable, false);
        assert.equal(error.userMessage, `The build's container ended with exit code 7.`);
        setStatus(build.api, build.id, 'FAILURE');
        await build.start(images.build('exit-7'));
        assert.equal((await build.container().inspect()).State.StartedAt, StartedAt);
    });

    it('can be stopped twice, and status and verify then find nothing', async () => {
        await build.start(images.build('sleeps'));
        await build.stop();
        await build.stop();
        await until('its end', async () => (await buildsOnEngine()).length === 0);
        assert.match(await build.status(), /^The build has no container on this engine/);
        // It counts as ending until the engine's last answer has arrived.
        assert.match(await until('a verdict', build.verify), /^The build has no container on this engine/);
    });
});
