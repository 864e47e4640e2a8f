import assert = require('node:assert/strict');
import fs = require('node:fs');
import { after, afterEach, before, describe, it } from 'mocha';
import { freshBuildId, startConfig, startTokenApi, stopConfig } from 'screwdriver-executor-base/testing';
import Executor = require('screwdriver-executor-base');
import { images } from '../../images';
import { startRegistry } from '../../support/registry';
import { until } from '../../support/until';
import { docker, listing } from '../engine';
import { skipOnPodman } from '../podman';
import type { TokenApi } from 'screwdriver-executor-base/testing';

/** It binds this path into every build, and the engine creates a folder there if there is no socket. */
const SOCKET = '/var/run/docker.sock';

describe('screwdriver-executor-docker 8.0.2, as published, on this base', () => {
    const hadSocket = fs.existsSync(SOCKET);
    let api: TokenApi;
    let registry: Awaited<ReturnType<typeof startRegistry>>;
    let executor: Executor;
    let found: Awaited<ReturnType<typeof listing>>;
    let launcher: string;
    let image: string;
    let buildId: number;

    before(async function () {
        await skipOnPodman(this, 'it has an empty volume where the published executor has its launcher');
        found = await listing();
        api = await startTokenApi();
        registry = await startRegistry(docker);
        launcher = await registry.push(images.jobTools);
        image = await registry.push(images.build('sleeps'));
        // Loaded after the installation; it has no types.
        const Published = require('screwdriver-executor-docker') as new (options: object) => Executor;

        executor = new Published({
            ecosystem: { api: api.uri, store: 'http://127.0.0.1:1', ui: 'http://127.0.0.1:1' },
            docker: undefined,
            launchImage: launcher.slice(0, launcher.lastIndexOf(':')),
            launchVersion: '1',
            // Its breaker keeps a timer for each call, which keeps the process alive.
            fusebox: { breaker: { timeout: 10_000 } }
        });
        buildId = freshBuildId();
    });

    afterEach(() => executor?.stop(stopConfig(api, { buildId })));

    after(async () => {
        if (!found) return;
        await registry?.close();
        await api?.close();
        for (const name of [launcher, image])
            await docker
                .getImage(name)
                .remove()
                .catch(() => {});
        if (!hadSocket && fs.statSync(SOCKET, { throwIfNoEntry: false })?.isDirectory()) fs.rmdirSync(SOCKET);
        assert.deepEqual(await listing(), found);
    });

    const start = () => executor.start(startConfig(api, { buildId, container: image }));

    it('extends this base', () => {
        assert.ok(executor instanceof require('screwdriver-executor-base'));
    });

    it('pulls its images, starts a build that runs, and stops it', async () => {
        // It creates its containers without waiting for the end of the pull, so its first start may come too early.
        await until('a start', async () => {
            const isStarted = await start().then(
                () => true,
                error => {
                    assert.match(error.message, /No such image/);

                    return false;
                }
            );

            if (!isStarted) await executor.stop(stopConfig(api, { buildId }));

            return isStarted;
        });
        const container = docker.getContainer(`${buildId}-build`);

        await until('its output', async () => {
            const { State } = await container.inspect();
            const printed = (await container.logs({ stdout: true, stderr: true, follow: false })).toString();

            assert.equal(State.Status, 'running', printed);

            return printed.includes(`run.sh ${api.uri} `) && printed.includes(` ${buildId} `);
        });
        await executor.stop(stopConfig(api, { buildId }));
        assert.deepEqual((await listing()).containers, found.containers);
    });

    it('stops a build that does not exist, and starts one again', async () => {
        await executor.stop(stopConfig(api, { buildId }));
        await start();
        assert.equal((await docker.getContainer(`${buildId}-build`).inspect()).State.Status, 'running');
    });

    it('has neither verify nor status', async () => {
        assert.equal(executor.supports('verify'), false);
        assert.equal(await executor.verify(startConfig(api, { buildId })), undefined);
        await assert.rejects(executor.status({ buildId }), { message: 'Not implemented' });
    });
});
