import assert = require('node:assert/strict');
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { startConfig, startTimerConfig, stopConfig } from 'screwdriver-executor-base/testing';
import { annotations } from '../../support/annotations';
import { images } from '../../images';
import { rejection } from '../../support/rejection';
import { until } from '../../support/until';
import { buildsOnEngine, docker, emptyEngine, stopTimeout } from '../engine';
import { oneBuild } from '../one-build';
import { skipOnPodman } from '../podman';
import type { ContainerCreateOptions } from 'dockerode';
import type { AddressInfo } from 'node:net';
import { setStatus } from '../../support/status';

describe('a build whose container others have touched, or with unusual settings', () => {
    const build = oneBuild();

    /** Creates a container by hand, as an executor could have left it. */
    const make = (options: ContainerCreateOptions) =>
        docker.createContainer({
            name: `sd-build-${build.id}`,
            Image: images.build('ok'),
            ...options,
            HostConfig: { NetworkMode: 'host', ...options.HostConfig }
        });

    describe('when two processes handle it', () => {
        let other: ReturnType<typeof build.another>;
        let gate: Server;

        const startOnOther = (image: Parameters<typeof images.build>[0]) =>
            other.start(startConfig(build.api, { buildId: build.id, container: images.build(image) }));

        beforeEach(async () => {
            other = build.another();
            // An API that answers when the check says so.
            gate = createServer().listen(0, '127.0.0.1');
            await once(gate, 'listening');
        });

        afterEach(() => {
            gate.close();
            gate.closeAllConnections();
        });

        it('runs on although a start from before its stop and its second start continues after both', async () => {
            const asked = once(gate, 'request');
            const started = build.start(images.build('sleeps'), {
                apiUri: `http://127.0.0.1:${(gate.address() as AddressInfo).port}`
            });
            const [, response] = await asked;

            await other.stop(stopConfig(build.api, { buildId: build.id }));
            await startOnOther('sleeps');
            const standing = await buildsOnEngine();

            response.writeHead(403).end();
            await started;
            assert.deepEqual(await buildsOnEngine(), standing);
            assert.match(await build.status(), /running since/);
            assert.equal(await build.verify(), '');
        });

        // The second one has a launch script of its own at the mount point.
        for (const image of [images.build('sleeps'), images.jobTools]) {
            it(`leaves nothing if it is stopped during its start, which then goes on: ${image}`, async () => {
                const asked = once(gate, 'request');
                const started = build.start(image, {
                    apiUri: `http://127.0.0.1:${(gate.address() as AddressInfo).port}`
                });
                const [, response] = await asked;

                await other.stop(stopConfig(build.api, { buildId: build.id }));
                response.writeHead(200, { 'content-type': 'application/json' });
                response.end(JSON.stringify({ token: build.api.temporalToken(build.id, { scope: ['build'] }) }));
                assert.equal(await started, false);
                assert.deepEqual(await buildsOnEngine(), []);
            });
        }

        for (const [image, state] of [
            ['sleeps', /running since/],
            ['exit-7', /ended with exit code 7/]
        ] as const) {
            it(`has the state of the other process after it failed to start here: ${image}`, async () => {
                build.api.failNext(403);
                await rejection(build.start(images.build(image)));
                assert.notEqual(await build.verify(), '');
                await startOnOther(image);
                if (image === 'exit-7') await build.container().wait();
                assert.match(await build.status(), state);
                assert.equal(await build.verify(), await other.verify(startConfig(build.api, { buildId: build.id })));
            });
        }
    });

    it('that a dead process has created and not started comes up with that container', async () => {
        await build.start(images.build('sleeps'));
        const { Config, HostConfig } = await build.container().inspect();

        await build.container().remove({ force: true });
        // Podman reports the CPU limit in a second way, and accepts only one of them.
        const { id } = await make({ ...Config, HostConfig: { ...HostConfig, NanoCpus: 0 } });

        await build.start(images.build('sleeps'));
        assert.equal((await build.container().inspect()).Id, id);
        assert.match(await build.status(), /running since/);
    });

    it('that was being ended elsewhere is not started if the API says that it has run', async () => {
        const other = build.another();

        await build.start(images.build('ignores-term'));
        await other.stop(stopConfig(build.api, { buildId: build.id }));
        setStatus(build.api, build.id, 'ABORTED');
        assert.equal(await build.start(images.build('sleeps')), false);
        assert.deepEqual(await buildsOnEngine(), []);
    });

    it('that ended because of its timeout loses that reason once another process has started it again', async () => {
        const short = annotations({ timeout: 0.01 });
        const other = build.another();

        await build.start(images.build('sleeps'), { annotations: short });
        await build.executor.startTimer(startTimerConfig(build.api, { buildId: build.id, annotations: short }));
        await build.container().wait();
        assert.match(await build.verify(), /its timeout of 0.01 minutes/);
        await other.stop(stopConfig(build.api, { buildId: build.id }));
        build.api.builds.get(build.id)!.status = 'QUEUED';
        await other.start(startConfig(build.api, { buildId: build.id, container: images.build('exit-7') }));
        await build.container().wait();
        assert.match(await build.verify(), /exit code 7/);
    });

    it('runs with the minimum if it asks for less', async () => {
        await build.start(images.build('sleeps'), { annotations: annotations({ cpu: 0.0004, ram: 1e-10 }) });
        const { HostConfig } = await build.container().inspect();

        assert.equal(Number(HostConfig.CpuQuota) / Number(HostConfig.CpuPeriod), 0.01);
        assert.equal(HostConfig.Memory, Math.round(0.01 * 1024 ** 3));
    });

    it('has at most an hour to end', async () => {
        const patient = annotations({ terminationGracePeriodSeconds: 9_999_999 });

        await build.start(images.build('ok'), { annotations: patient });
        assert.equal(await stopTimeout(build.id), 3600);
    });

    it('whose image has an invalid name fails with that name', async () => {
        const error = await rejection(build.start('Not-Lower-Case/app'));

        assert.equal(error.code, 'DOCKER_IMAGE');
        assert.match(error.message, /^Image Not-Lower-Case\/app cannot be pulled: invalid reference format/);
        assert.equal(error.retryable, false);
    });

    it('whose image has its own stop signal is ended by TERM', async () => {
        const made = await make({ Env: ['STEPS=echo at work; sleep 600'], StopSignal: 'SIGQUIT', Cmd: ['true'] });
        const image = 'screwdriver-e2e/other-stop-signal:1';

        await made.commit({ repo: image.split(':')[0], tag: '1' });
        await made.remove();
        try {
            await build.start(image);
            const ended = build.container().wait();
            const printed = () => build.container().logs({ stdout: true, follow: false });

            await until('its launcher', async () => (await printed()).includes('at work'));
            await build.stop();
            assert.equal((await ended).StatusCode, 143);
        } finally {
            await build.stop();
            await emptyEngine();
            await docker.getImage(image).remove();
        }
    });

    it('whose executor ended in the middle of its start says why it does not run', async function () {
        await skipOnPodman(this, 'it does not keep why a container could not start');
        const { id } = await make({ Entrypoint: ['/opt/sd/launch'] });

        await rejection(docker.getContainer(id).start());
        assert.match(await build.verify(), /^\/opt\/sd\/launch of the job tools cannot run in the image .*build:ok/);
        assert.equal(await build.status(), await build.verify());
    });

    it('whose output the engine cannot read is explained nevertheless', async () => {
        const { id } = await make({ Entrypoint: ['false'], HostConfig: { LogConfig: { Type: 'none', Config: {} } } });

        await docker.getContainer(id).start();
        await docker.getContainer(id).wait();
        assert.equal(await build.verify(), `The build's container ended with exit code 1.`);
    });

    it('with a step that ran out of memory says so although its launcher has ended with exit code 0', async function () {
        await skipOnPodman(this, 'it does not tell of memory that has run out');
        const Memory = 64 * 1024 ** 2;
        const { id } = await make({
            Entrypoint: ['sh', '-c', 'sh -c "exec tail /dev/zero"; exit 0'],
            HostConfig: { Memory, MemorySwap: Memory }
        });

        await docker.getContainer(id).start();
        await docker.getContainer(id).wait();
        assert.match(await build.status(), /^A step of the build ran out of memory: it may use 0.06 GB\./);
        // The launcher has told the API: a text would be another reason for the same failure.
        assert.equal(await build.verify(), '');
    });

    it('that somebody has paused says so, and can be stopped', async () => {
        await build.start(images.build('sleeps'));
        await build.container().pause();
        assert.match(await build.status(), /^The build's container is paused/);
        assert.equal(await build.verify(), '');
    });

    it('that ran out of memory before its timeout keeps its reason', async function () {
        await skipOnPodman(this, 'it does not tell of memory that has run out');
        const short = annotations({ ram: 0.0625, timeout: 0.03 });

        await build.start(images.build('out-of-memory'), { annotations: short });
        await build.container().wait();
        await build.executor.startTimer(startTimerConfig(build.api, { buildId: build.id, annotations: short }));
        // Its timeout and its grace time are over by then.
        await wait(4_500);
        assert.match(await build.verify(), /^The build ran out of memory/);
    });

    it('whose start time cannot be read has its full timeout', async () => {
        await build.start(images.build('sleeps'));
        await build.executor.startTimer(startTimerConfig(build.api, { buildId: build.id, startTime: 'lately' }));
        await wait(1_000);
        assert.match(await build.status(), /running since/);
    });
});
