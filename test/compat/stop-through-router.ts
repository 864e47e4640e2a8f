import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import type { Load } from './child/load';

/**
 * Stops builds through a router while the executor behind it, whose calls are in turn, starts them: it has requested
 * the build's token, and the API does not answer. Returns for each build how start and stop ended, the milliseconds
 * from one to the other, and what then runs.
 */
export = async (load: Load) => {
    const Executor = load.base();
    const { MemoryExecutor, startConfig, startTokenApi, stopConfig } = load('screwdriver-executor-base/testing');
    const Router = load('screwdriver-executor-router');
    const api = await startTokenApi();
    // Accepts requests and never answers.
    const silent = createServer().listen(0, '127.0.0.1');
    const router = new Router({ executor: [{ name: 'docker', options: {} }] });
    const executor = new MemoryExecutor();
    const stopped: object[] = [];

    await once(silent, 'listening');
    router.docker = executor;
    for (let count = 0; count < 5; count += 1) {
        const apiUri = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
        const config = startConfig(api, { apiUri });
        const { buildId } = config;
        const asked = once(silent, 'request');
        const started = router.start(config);

        await asked;
        const begun = performance.now();
        const stop = await router.stop(stopConfig(api, { buildId }));

        stopped.push({ start: await started, stop, took: performance.now() - begun });
    }
    // A build that came up after its stop would be there by now.
    await sleep(50);
    silent.closeAllConnections();
    silent.close();
    await api.close();

    return {
        isRouter: router instanceof Executor && Router.callsInTurn === false,
        stopped,
        running: [...executor.engine.builds]
    };
};
