import { after, describe, it } from 'node:test';
import { conformance, ENGINE_ANNOTATIONS } from 'screwdriver-executor-base/conformance';
import {{class}}Executor = require('../lib/executor');
import { deadUri, EngineServer } from './engine-server';

const engine = EngineServer.start();
const silent = EngineServer.start();

after(async () => {
    for (const server of await Promise.all([engine, silent])) server.close();
});

const containerOf = async (buildId: number | string) => (await engine).containers.get(`build-${buildId}`);

conformance({
    describe,
    it,
    // A check that the kit cannot run is a failure.
    complete: true,
    factory: async () => new {{class}}Executor({ uri: (await engine).uri }),
    // As in another process.
    second: async () => new {{class}}Executor({ uri: (await engine).uri }),
    engineDown: async () => new {{class}}Executor({ uri: await deadUri() }),
    async engineSlow() {
        (await silent).silent = true;

        return new {{class}}Executor({ uri: (await silent).uri, callTimeout: 100 });
    },
    observe: {
        async running(_executor, buildId) {
            const container = await containerOf(buildId);

            return container ? [container] : [];
        },
        async args(_executor, buildId) {
            const { command, args } = (await containerOf(buildId))!;

            return [command, ...args];
        },
        // What your executor logs, if it does.
        logs: () => []
    },
    // What your README says about each annotation. The kit checks it.
    annotations: {
        ...Object.fromEntries(ENGINE_ANNOTATIONS.map(name => [name, 'ignored'])),
        cpu: { value: 'HIGH', honoured: async (_executor, buildId) => (await containerOf(buildId))?.cpu === 4 },
        ram: { value: 'HIGH', honoured: async (_executor, buildId) => (await containerOf(buildId))?.memory === 8 },
        timeout: {
            value: 45,
            honoured: async (_executor, buildId) => (await containerOf(buildId))?.env.SD_BUILD_TIMEOUT === '45'
        }
    }
});
