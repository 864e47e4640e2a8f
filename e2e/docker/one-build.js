'use strict';

const { after, afterEach, before, beforeEach } = require('mocha');
const {
    freshBuildId,
    startConfig,
    startTokenApi,
    statusConfig,
    stopConfig
} = require('screwdriver-executor-base/testing');
const DockerExecutor = require('../../examples/docker-executor');
const { until } = require('../support/until');
const { buildsOnEngine, docker } = require('./engine');
const { OPTIONS } = require('./options');

/** Gives each check of a suite a build and an executor of its own, and sees that neither leaves anything behind. */
function oneBuild() {
    const build = {
        id: 0,
        api: undefined,
        executor: undefined,
        /** From here on the check's executor is one with these options. */
        use(options = {}) {
            build.executor = new DockerExecutor({ ...OPTIONS, ...options });
        },
        start: (container, overrides = {}) =>
            build.executor.start(startConfig(build.api, { buildId: build.id, container, ...overrides })),
        stop: () => build.executor.stop(stopConfig(build.api, { buildId: build.id })),
        status: () => build.executor.status(statusConfig(build.api, { buildId: build.id })),
        verify: () => build.executor.verify(startConfig(build.api, { buildId: build.id })),
        /** The build's container on the engine, or another one of the build. */
        container: (suffix = '') => docker.getContainer(`sd-build-${build.id}${suffix}`)
    };

    before(async () => {
        build.api = await startTokenApi();
    });

    beforeEach(() => {
        build.id = freshBuildId();
        build.use();
    });

    afterEach(async () => {
        await build.stop();
        // What it had goes after the answer.
        await until('an empty engine', async () => (await buildsOnEngine()).length === 0);
        await build.executor.cleanUp();
    });

    after(() => build.api.close());

    return build;
}

module.exports = { oneBuild };
