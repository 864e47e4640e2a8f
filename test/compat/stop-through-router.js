'use strict';

const { once } = require('node:events');
const { createServer } = require('node:http');
const { setTimeout: sleep } = require('node:timers/promises');

/**
 * Stops builds through a router while the executor behind it, whose calls are in turn, starts them: it has asked for the
 * build's token, and the API does not answer. Gives for each build how start and stop have ended, the milliseconds from
 * the one to the other, and what then runs.
 */
module.exports = async load => {
    const Executor = load.base();
    const { MemoryExecutor, startConfig, startTokenApi, stopConfig } = load('screwdriver-executor-base/testing');
    const Router = load('screwdriver-executor-router');
    const api = await startTokenApi();
    // Takes requests, and answers none.
    const silent = createServer().listen(0, '127.0.0.1');
    const router = new Router({ executor: [{ name: 'docker', options: {} }] });
    const executor = new MemoryExecutor();
    const stopped = [];

    await once(silent, 'listening');
    router.docker = executor;
    for (let count = 0; count < 5; count += 1) {
        const apiUri = `http://127.0.0.1:${silent.address().port}`;
        const config = startConfig(api, { apiUri });
        const { buildId } = config;
        const asked = once(silent, 'request');
        const started = router.start(config);

        await asked;
        const begun = performance.now();
        const stop = await router.stop(stopConfig(api, { buildId }));

        stopped.push({ start: await started, stop, took: performance.now() - begun });
    }
    // What came up after its stop would be there by now.
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
