import { afterEach, before, beforeEach } from 'mocha';
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { freshBuildId, startConfig, startTokenApi, statusConfig, stopConfig } from 'screwdriver-executor-base/testing';
import DockerExecutor = require('../../examples/docker-executor/lib/executor');
import { docker, emptyEngine } from './engine';
import { OPTIONS } from './options';
import type { Options } from '../../examples/docker-executor/lib/settings';
import type { StartConfig } from 'screwdriver-executor-base';
import type { KeyPair, TokenApi } from 'screwdriver-executor-base/testing';

/** Gives each check of a suite its own build and executor, and verifies that neither leaves anything behind. */
export function oneBuild() {
    let keys: KeyPair;
    let api!: TokenApi;
    let executor!: DockerExecutor;
    let executors: DockerExecutor[] = [];
    const build = {
        id: 0,
        get api() {
            return api;
        },
        get executor() {
            return executor;
        },
        /** Replaces the check's executor by one with these options. */
        use(options: Options = {}) {
            executor = build.another(options);
        },
        /** Another executor, which ends with the check. Otherwise its looks would go on and report what later checks do. */
        another(options: Options = {}) {
            const one = new DockerExecutor({ ...OPTIONS, ...options });

            executors.push(one);

            return one;
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
        keys = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    });

    beforeEach(async () => {
        // So that unused faults of one check do not affect the next one.
        api = await startTokenApi({ keys });
        build.id = freshBuildId();
        build.use();
    });

    afterEach(async function () {
        try {
            await build.stop();
            await emptyEngine(this);
        } finally {
            await Promise.all(executors.map(one => one.cleanUp()));
            executors = [];
            await api.close();
        }
    });

    return build;
}
