import { after, afterEach, before, beforeEach } from 'mocha';
import { freshBuildId, startConfig, startTokenApi, statusConfig, stopConfig } from 'screwdriver-executor-base/testing';
import DockerExecutor = require('../../examples/docker-executor/lib/executor');
import { until } from '../support/until';
import { buildsOnEngine, docker } from './engine';
import { OPTIONS } from './options';
import type { Options } from '../../examples/docker-executor/lib/settings';
import type { StartConfig } from 'screwdriver-executor-base';
import type { TokenApi } from 'screwdriver-executor-base/testing';

/** Gives each check of a suite a build and an executor of its own, and sees that neither leaves anything behind. */
export function oneBuild() {
    let api!: TokenApi;
    let executor!: DockerExecutor;
    const build = {
        id: 0,
        get api() {
            return api;
        },
        get executor() {
            return executor;
        },
        /** From here on the check's executor is one with these options. */
        use(options: Options = {}) {
            executor = new DockerExecutor({ ...OPTIONS, ...options });
        },
        start: (container: string, overrides: Partial<StartConfig> = {}) =>
            executor.start(startConfig(api, { buildId: build.id, container, ...overrides })),
        stop: () => executor.stop(stopConfig(api, { buildId: build.id })),
        status: () => executor.status(statusConfig(api, { buildId: build.id })),
        verify: async () => String(await executor.verify(startConfig(api, { buildId: build.id }))),
        /** The build's container on the engine. */
        container: () => docker.getContainer(`sd-build-${build.id}`)
    };

    before(async () => {
        api = await startTokenApi();
    });

    beforeEach(() => {
        build.id = freshBuildId();
        build.use();
    });

    afterEach(async () => {
        await build.stop();
        // What it had goes after the answer.
        await until('an empty engine', async () => (await buildsOnEngine()).length === 0);
        await executor.cleanUp();
    });

    after(() => api.close());

    return build;
}
