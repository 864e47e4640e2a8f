import assert = require('node:assert/strict');
import { describe, it } from 'mocha';
import { startConfig, startTokenApi } from 'screwdriver-executor-base/testing';
import { checkInWorker, type Engine } from '../../checks/worker';
import { ClusterWorker } from '../../support/cluster-worker';
import { until } from '../../support/until';
import { emptyEngine, inspect } from '../engine';
import { OPTIONS } from '../options';
import { startProxy } from '../proxy';

const engine: Engine = {
    example: 'docker-executor',
    options: OPTIONS,
    unreachable: { docker: { protocol: 'http', host: '127.0.0.1', port: 1 } },
    many: { builds: 25, prefetch: 20 },
    empty: emptyEngine,
    async runnerOf(buildId) {
        const { Id, State } = await inspect(buildId);

        assert.ok(State.Running);

        return Id;
    },
    /** Delays the creation of every build's container. */
    async busy() {
        let kept = 0;
        let letGo = () => {};
        const isFree = new Promise<void>(resolve => (letGo = resolve));
        const proxy = await startProxy('http://127.0.0.1:1', {
            onRequest(_count, request) {
                if (!request.startsWith('POST /containers/create?name=sd-build-')) return;
                kept += 1;

                return isFree;
            }
        });

        return {
            kept: () => kept,
            options: { docker: { protocol: 'http', host: '127.0.0.1', port: proxy.port } },
            letGo,
            close: proxy.close
        };
    }
};

describe('in the worker for build clusters, where each call has its own process', function () {
    this.timeout(600_000);
    checkInWorker(engine, /the start did not end within 5 seconds/);
});

describe('the worker of these checks', () => {
    const answering = (value: unknown) => () => ({
        call: () => Promise.resolve(value),
        kill: () => {},
        exit: Promise.resolve()
    });

    for (const [what, value, jobs] of [
        ['at once after a falsy value', null, ['start', 'verify']],
        ['later after any other', true, ['start']]
    ] as const) {
        it(`verifies ${what}`, async () => {
            const api = await startTokenApi();
            const worker = new ClusterWorker(answering(value), { retryQueue: true, initTimeout: 200 });

            worker.deliver('start', startConfig(api));
            await worker.idle();
            assert.deepEqual(
                worker.deliveries.map(({ job }) => job),
                jobs
            );
            await until('its verification', () => worker.deliveries.length === 2);
            worker.close();
            await api.close();
        });
    }
});
