'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { after, before, beforeEach, describe, it } = require('node:test');
const { Registry } = require('prom-client');
const { MemoryExecutor, startConfig, startTokenApi, stopConfig } = require('screwdriver-executor-base/testing');
const { measure, metricsServer } = require('./metrics');

const register = new Registry();
const START = 'executor="MemoryExecutor",operation="start"';

describe('the metrics of an executor', () => {
    let api;
    let server;
    let executor;

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
    async function scrape() {
        const response = await fetch(`http://127.0.0.1:${server.address().port}/metrics`);

        assert.strictEqual(response.status, 200);
        assert.match(response.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
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
        const count = operation =>
            samples[
                `screwdriver_executor_operations_total{executor="MemoryExecutor",operation="${operation}",outcome="success"}`
            ];

        assert.deepStrictEqual(['start', 'stop', 'exchangeTokenForBuild'].map(count), [2, 1, 2]);
        assert.deepStrictEqual(
            Object.keys(samples).filter(name => name.includes('errors_total')),
            []
        );
    });

    it('count errors by kind', async () => {
        executor.engine.down = true;
        await assert.rejects(executor.start(startConfig(api)), { kind: 'engine' });
        await assert.rejects(executor.start({ buildId: 'x' }), { name: 'ValidationError' });
        const samples = await scrape();
        const errors = 'screwdriver_executor_errors_total';

        assert.strictEqual(samples[`${errors}{${START},kind="engine",retryable="true"}`], 1);
        assert.strictEqual(samples[`${errors}{${START},kind="configuration",retryable="false"}`], 1);
        assert.strictEqual(samples[`screwdriver_executor_operations_total{${START},outcome="failure"}`], 2);
    });

    it('put what an operation took into a histogram of seconds', async () => {
        executor.engine.latency = 60;
        await executor.start(startConfig(api));
        const samples = await scrape();
        const name = 'screwdriver_executor_duration_seconds';

        assert.strictEqual(samples[`${name}_count{${START}}`], 1);
        assert.strictEqual(samples[`${name}_bucket{le="0.02",${START}}`], 0);
        assert.strictEqual(samples[`${name}_bucket{le="30",${START}}`], 1);
        assert.ok(samples[`${name}_sum{${START}}`] >= 0.1, 'two calls of the engine, 60 ms each');
    });

    it('tell what is in flight while it is', async () => {
        const name = `screwdriver_executor_in_flight{${START}}`;

        executor.engine.latency = 300;
        const starts = [executor.start(startConfig(api)), executor.start(startConfig(api))];

        assert.strictEqual((await scrape())[name], 2);
        await Promise.all(starts);
        assert.strictEqual((await scrape())[name], 0);
    });

    it('hold nothing of a config but the names of operations', async () => {
        const config = startConfig(api);

        await executor.start(config);
        const text = await register.metrics();

        assert.ok(!text.includes(config.token));
        assert.ok(!text.includes(String(config.buildId)), 'an id per build would be a time series per build');
    });
});
