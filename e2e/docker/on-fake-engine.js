'use strict';

const { after, afterEach, before } = require('mocha');
const { startConfig, startTokenApi, statusConfig, stopConfig } = require('screwdriver-executor-base/testing');
const DockerExecutor = require('../../examples/docker-executor');
const { startFakeEngine } = require('./fake-engine');

const IMAGE = 'registry.example/team/app:1';

/** Build 7 for the checks of a suite, each on an engine that answers as the check says. */
function onFakeEngine() {
    const build = {
        api: undefined,
        engine: undefined,
        executor: undefined,
        /**
         * The check's engine from here on: what it answers out of the ordinary; dockerode's options beside the address, and
         * the executor's.
         */
        async use(answers, options = {}, settings = {}) {
            build.engine = await startFakeEngine(answers);
            build.executor = new DockerExecutor({
                jobTools: 'launch',
                docker: { ...build.engine.docker, ...options },
                ...settings
            });
        },
        start: () => build.executor.start(startConfig(build.api, { buildId: 7, container: IMAGE })),
        stop: () => build.executor.stop(stopConfig(build.api, { buildId: 7 })),
        status: () => build.executor.status(statusConfig(build.api, { buildId: 7 })),
        verify: () => build.executor.verify(startConfig(build.api, { buildId: 7 })),
        removals: () => build.engine.calls.filter(call => call.startsWith('DELETE '))
    };

    before(async () => {
        build.api = await startTokenApi();
    });

    afterEach(async () => {
        await build.executor.cleanUp();
        await build.engine.close();
    });

    after(() => build.api.close());

    return build;
}

module.exports = { IMAGE, onFakeEngine };
