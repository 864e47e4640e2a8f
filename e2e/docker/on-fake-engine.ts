import { after, afterEach, before } from 'mocha';
import { startConfig, startTokenApi, statusConfig, stopConfig } from 'screwdriver-executor-base/testing';
import DockerExecutor = require('../../examples/docker-executor/lib/executor');
import { startFakeEngine, type Answers } from './fake-engine';
import type { Options } from '../../examples/docker-executor/lib/settings';
import type { TokenApi } from 'screwdriver-executor-base/testing';

/** The requests for the keeper of the job tools, for its creation, and for the removal of their volume. */
export const KEEPER = 'GET /containers/sd-tools-d52a15f2ca68/json';
export const FILLS = 'POST /containers/create?name=sd-tools-d52a15f2ca68-filling';
export const TOOLS_VOLUME = 'DELETE /volumes/sd-tools-d52a15f2ca68';

export const IMAGE = 'registry.example/team/app:1';

/** Gives the checks of a suite build 7, each on an engine that answers as the check says. */
export function onFakeEngine() {
    let api!: TokenApi;
    let engine!: Awaited<ReturnType<typeof startFakeEngine>>;
    let executor!: DockerExecutor;
    const build = {
        get api() {
            return api;
        },
        get engine() {
            return engine;
        },
        get executor() {
            return executor;
        },
        /**
         * Starts the check's engine and executor: the engine's unusual answers, dockerode's options besides the address, and
         * the executor's options.
         */
        async use(answers: Answers, options: object = {}, settings: Options = {}) {
            engine = await startFakeEngine(answers);
            executor = new DockerExecutor({
                jobTools: 'launch',
                docker: { ...engine.docker, ...options },
                ...settings
            });
        },
        start: () => executor.start(startConfig(api, { buildId: 7, container: IMAGE })),
        stop: () => executor.stop(stopConfig(api, { buildId: 7 })),
        status: () => executor.status(statusConfig(api, { buildId: 7 })),
        verify: async () => String(await executor.verify(startConfig(api, { buildId: 7 }))),
        removals: () => engine.calls.filter(call => call.startsWith('DELETE '))
    };

    before(async () => {
        api = await startTokenApi();
    });

    afterEach(async () => {
        await executor.cleanUp();
        await engine.close();
    });

    after(() => api.close());

    return build;
}
