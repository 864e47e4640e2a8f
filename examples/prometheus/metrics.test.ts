import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Registry } from 'prom-client';
import {
    MemoryExecutor,
    startConfig,
    startTokenApi,
    stopConfig,
    type TokenApi
} from 'screwdriver-executor-base/testing';
import { measure, metricsServer } from './metrics';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StartConfig } from 'screwdriver-executor-base';

const register = new Registry();
const START = 'executor="MemoryExecutor",operation="start"';

describe('the metrics of an executor', () => {
    let api: TokenApi;
    let server: Server;
    let executor: MemoryExecutor;

    before(async () => {
        measure(register);
        api = await startTokenApi();
        server = metricsServer(register).listen(0, '127.0.0.1');
        await once(server, 'listening');
    });

    beforeEach(() => {
        register.resetMetrics();
        executor = new MemoryExecutor();
    });

    after(async () => {
        await api?.close();
        server?.closeAllConnections();
        server?.close();
    });

    /** Every sample of a scrape, by name and labels. */
    async function scrape(): Promise<Record<string, number>> {
        const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`);

        assert.equal(response.status, 200);
        assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
        const lines = (await response.text()).split('\n').filter(line => line && !line.startsWith('#'));

        return Object.fromEntries(
            lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))])
        );
    }

    it('count operations by outcome, those inside another too', async () => {
        const config = startConfig(api);

        await executor.start(config);
        await executor.start(startConfig(api));
        await executor.stop(stopConfig(api, { buildId: config.buildId }));
        const samples = await scrape();
        const count = (operation: string) =>
            samples[
                `screwdriver_executor_operations_total{executor="MemoryExecutor",operation="${operation}",outcome="success",result="ok"}`
            ];

        assert.deepEqual(['start', 'stop', 'exchangeTokenForBuild'].map(count), [2, 1, 2]);
        assert.deepEqual(
            Object.keys(samples).filter(name => name.includes('errors_total')),
            []
        );
    });

    it('count errors by kind', async () => {
        executor.engine.down = true;
        await assert.rejects(executor.start(startConfig(api)), { kind: 'engine' });
        await assert.rejects(executor.start({ buildId: 'x' } as StartConfig), { name: 'ValidationError' });
        const samples = await scrape();
        const errors = 'screwdriver_executor_errors_total';

        assert.equal(samples[`${errors}{${START},kind="engine",retryable="true"}`], 1);
        assert.equal(samples[`${errors}{${START},kind="configuration",retryable="false"}`], 1);
        assert.equal(samples[`screwdriver_executor_operations_total{${START},outcome="failure",result=""}`], 2);
    });

    it('count starts to repeat separately from builds that cannot run', async () => {
        class Full extends MemoryExecutor {
            protected override _start(): Promise<boolean> {
                return Promise.resolve(false);
            }
        }
        await new Full().start(startConfig(api));
        await executor.verify(startConfig(api));
        const samples = await scrape();
        const name = 'screwdriver_executor_operations_total';
        const start = 'executor="Full",operation="start",outcome="success",result="requeue"';
        const verify = 'executor="MemoryExecutor",operation="verify",outcome="success",result="fail-build"';

        assert.deepEqual([samples[`${name}{${start}}`], samples[`${name}{${verify}}`]], [1, 1]);
    });

    it('count the requests of exchanges, and how long they waited', async () => {
        api.failNext(503);
        await executor.start(startConfig(api));
        const samples = await scrape();
        const exchange = '{executor="MemoryExecutor",operation="exchangeTokenForBuild"}';

        assert.equal(samples[`screwdriver_executor_attempts_total${exchange}`], 2);
        assert.ok(samples[`screwdriver_executor_waits_seconds_total${exchange}`]! > 0);
    });

    it('put durations into a histogram of seconds', async () => {
        executor.engine.latency = 60;
        await executor.start(startConfig(api));
        const samples = await scrape();
        const name = 'screwdriver_executor_duration_seconds';

        assert.equal(samples[`${name}_count{${START}}`], 1);
        assert.equal(samples[`${name}_bucket{le="0.02",${START}}`], 0);
        assert.equal(samples[`${name}_bucket{le="30",${START}}`], 1);
        assert.ok(samples[`${name}_sum{${START}}`]! >= 0.1, 'two calls of the engine, 60 ms each');
    });

    it('show operations while they are in flight', async () => {
        const name = `screwdriver_executor_in_flight{${START}}`;

        executor.engine.latency = 300;
        const starts = [executor.start(startConfig(api)), executor.start(startConfig(api))];

        assert.equal((await scrape())[name], 2);
        await Promise.all(starts);
        assert.equal((await scrape())[name], 0);
    });

    it('contain nothing of a config except the names of operations', async () => {
        const config = startConfig(api);

        await executor.start(config);
        const text = await register.metrics();

        assert.ok(!text.includes(config.token));
        assert.ok(!text.includes(String(config.buildId)), 'an id per build would be a time series per build');
    });
});
