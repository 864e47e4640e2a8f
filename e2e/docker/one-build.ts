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

/** Gives each check of a suite a build and an executor of its own, and sees that neither leaves anything behind. */
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
        /** From here on the check's executor is one with these options. */
        use(options: Options = {}) {
            executor = build.another(options);
        },
        /** One that ends with the check, as the others do: its looks would go on, and report what later ones do. */
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
        // Faults that a check has asked for and not used up are none of the next one.
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
