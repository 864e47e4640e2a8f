import assert = require('node:assert/strict');
import { after, before, describe, it } from 'mocha';
import { freshBuildId, startConfig, startTokenApi, type TokenApi } from 'screwdriver-executor-base/testing';
import DockerExecutor = require('../../../examples/docker-executor/lib/executor');
import { annotations } from '../../support/annotations';
import { images } from '../../images';
import { until } from '../../support/until';
import { buildsOnEngine, docker, inspect } from '../engine';
import { OPTIONS } from '../options';

/** Seconds for two looks, which are 15 s apart, and a timeout of a minute. */
const AT_MOST = 240;
const TIMEOUT = annotations({ timeout: 1 });

// Concurrent, since each takes as long as the looks.
describe('a build that ends without a report while nobody calls the executor', () => {
    let api: TokenApi;
    let executor: DockerExecutor;
    let first: DockerExecutor;
    const ids = {
        killed: freshBuildId(),
        silent: freshBuildId(),
        well: freshBuildId(),
        gone: freshBuildId(),
        never: freshBuildId(),
        late: freshBuildId()
    };

    const start = (id: number, image: 'ok' | 'sleeps', overrides = {}) =>
        first.start(startConfig(api, { buildId: id, container: images.build(image), ...overrides }));
    const build = (id: number) => api.builds.get(id)!;
    const ended = (id: number) =>
        until('its end in the API', () => (build(id).status === 'FAILURE' ? build(id) : undefined), AT_MOST);
    const isGone = async (id: number) => (await buildsOnEngine()).every(name => !name.includes(String(id)));

    /** Creates the container of a build whose executor has died before it started the container. */
    async function makeAsOneThatDied(buildId: number) {
        const token = await executor.exchangeTokenForBuild(startConfig(api, { buildId }));

        await docker.createContainer({
            name: `sd-build-${buildId}`,
            Image: images.build('ok'),
            Cmd: ['true'],
            Env: [`SD_TOKEN=${token}`],
            Labels: { 'screwdriver.build': String(buildId), 'screwdriver.api': api.uri }
        });
    }

    before(async () => {
        api = await startTokenApi();
        first = new DockerExecutor(OPTIONS);
        await start(ids.killed, 'sleeps');
        await start(ids.silent, 'ok');
        await start(ids.well, 'ok');
        await start(ids.gone, 'sleeps');
        await start(ids.late, 'sleeps', { annotations: TIMEOUT });
        // Builds go on without their executor, and the next one knows only what the engine has.
        await first.cleanUp();
        // For this executor, a start that takes longer than 22 s has ended.
        executor = new DockerExecutor({ ...OPTIONS, docker: { timeout: 2_000 } });
        await makeAsOneThatDied(ids.never);
        build(ids.well).status = 'SUCCESS';
        for (const id of [ids.killed, ids.gone, ids.late]) build(id).status = 'RUNNING';
        await docker.getContainer(`sd-build-${ids.killed}`).kill();
    });

    after(async () => {
        await executor.cleanUp();
        await api.close();
    });

    it("is a failure with the engine's reason if its launcher was killed", async () => {
        const { statusMessage } = await ended(ids.killed);

        assert.equal(statusMessage, `The build's container ended with exit code 137: it was ended by SIGKILL.`);
        await until('its removal', () => isGone(ids.killed));
    });

    it('is a failure with the last line of its launcher if that has ended before the API knew that it ran', async () => {
        const { statusMessage } = await ended(ids.silent);

        assert.match(statusMessage!, /without telling the API how the build went\. Its last line: at work$/);
        await until('its removal', () => isGone(ids.silent));
    });

    it('is removed and is not a failure if the API knows that it has ended', async () => {
        await until('its removal', () => isGone(ids.well));
        assert.equal(build(ids.well).status, 'SUCCESS');
    });

    it('is a failure if its container was removed', async () => {
        await inspect(ids.gone);
        await docker.getContainer(`sd-build-${ids.gone}`).remove({ force: true });
        const { statusMessage } = await ended(ids.gone);

        assert.match(statusMessage!, /is gone from its engine/);
        await until('the removal of its job tools', () => isGone(ids.gone));
    });

    it('is a failure if the process that created its container has died before it ran', async () => {
        const { statusMessage } = await ended(ids.never);

        assert.match(statusMessage!, /made and never started/);
        await until('its removal', () => isGone(ids.never));
    });

    it('is ended at its timeout, which the API is told first', async () => {
        const id = ids.late;
        const { statusMessage } = await ended(id);

        assert.equal(statusMessage, 'The build took longer than its timeout of 1 minutes.');
        await until('its removal', () => isGone(id));
    });
}).timeout(300_000);
