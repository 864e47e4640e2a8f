'use strict';

const assert = require('node:assert');
const { after, afterEach, before, beforeEach, describe, it } = require('node:test');
const { context, propagation, SpanStatusCode, trace } = require('@opentelemetry/api');
const { NodeSDK, tracing } = require('@opentelemetry/sdk-node');
const { MemoryExecutor, startConfig, startTokenApi, stopConfig } = require('screwdriver-executor-base/testing');
const { SharedContextManager, traceExecutors } = require('./tracing');

const exporter = new tracing.InMemorySpanExporter();
const sdk = new NodeSDK({
    contextManager: new SharedContextManager(),
    spanProcessors: [new tracing.SimpleSpanProcessor(exporter)],
    instrumentations: [],
    autoDetectResources: false,
    metricReaders: [],
    logRecordProcessors: []
});

/** Its hook does what hooks do: something that is traced, after a wait, and a request that takes the context along. */
class TracedExecutor extends MemoryExecutor {
    async _start(config) {
        const result = await super._start(config);

        this.headers = {};
        propagation.inject(context.active(), this.headers);
        trace.getTracer('engine').startSpan('create pod').end();

        return result;
    }
}

describe('the spans of an executor', () => {
    let api;
    let stopTracing;
    let executor;

    before(async () => {
        sdk.start();
        api = await startTokenApi();
    });

    beforeEach(() => {
        exporter.reset();
        stopTracing = traceExecutors();
        executor = new TracedExecutor();
    });

    afterEach(() => stopTracing());

    after(async () => {
        await api?.close();
        await sdk.shutdown();
    });

    const named = name => exporter.getFinishedSpans().find(span => span.name === name);
    const traceOf = span => span.spanContext().traceId;

    it('are one per operation, with the ids of the build', async () => {
        const config = startConfig(api);

        await executor.start(config);
        await executor.stop(stopConfig(api, { buildId: config.buildId }));
        const { attributes, status } = named('TracedExecutor.start');

        assert.deepStrictEqual(
            { ...attributes },
            {
                'screwdriver.build.id': config.buildId,
                'screwdriver.job.id': 1,
                'screwdriver.pipeline.id': 1
            }
        );
        assert.strictEqual(status.code, SpanStatusCode.UNSET);
        assert.strictEqual(named('TracedExecutor.stop').attributes['screwdriver.build.id'], config.buildId);
        assert.notStrictEqual(traceOf(named('TracedExecutor.start')), traceOf(named('TracedExecutor.stop')));
    });

    it('are the parents of what the hook does, the token exchange included', async () => {
        await executor.start(startConfig(api));
        const { spanId, traceId } = named('TracedExecutor.start').spanContext();

        assert.strictEqual(named('create pod').parentSpanContext.spanId, spanId);
        assert.strictEqual(named('TracedExecutor.exchangeTokenForBuild').parentSpanContext.spanId, spanId);
        assert.strictEqual(executor.headers.traceparent, `00-${traceId}-${spanId}-01`);
    });

    it('are the children of what was active at the call', async () => {
        const request = trace.getTracer('api').startSpan('PUT /builds');

        await context.with(trace.setSpan(context.active(), request), () => executor.start(startConfig(api)));
        const { parentSpanContext } = named('TracedExecutor.start');

        assert.strictEqual(parentSpanContext.spanId, request.spanContext().spanId);
        assert.strictEqual(traceOf(named('create pod')), traceOf(request));
    });

    it('do not mix when operations run side by side', async () => {
        executor.engine.latency = 50;
        await Promise.all([1, 2, 3].map(() => executor.start(startConfig(api))));
        const spans = exporter.getFinishedSpans();
        const parents = spans.filter(({ name }) => name === 'create pod').map(span => span.parentSpanContext.spanId);
        const starts = spans
            .filter(({ name }) => name === 'TracedExecutor.start')
            .map(span => span.spanContext().spanId);

        assert.deepStrictEqual(parents.toSorted(), starts.toSorted());
        assert.strictEqual(new Set(starts).size, 3);
        assert.strictEqual(trace.getSpan(context.active()), undefined);
    });

    it('tell of an error by kind, without its text', async () => {
        executor.engine.down = true;
        await assert.rejects(executor.start(startConfig(api)), { kind: 'engine' });
        const { attributes, status, events } = named('TracedExecutor.start');

        assert.strictEqual(status.code, SpanStatusCode.ERROR);
        assert.strictEqual(status.message, undefined);
        assert.strictEqual(attributes['error.type'], 'engine');
        assert.strictEqual(attributes['screwdriver.error.code'], 'MEMORY_ENGINE_DOWN');
        assert.strictEqual(attributes['screwdriver.error.retryable'], true);
        assert.deepStrictEqual(events, []);
    });

    it('hold no token', async () => {
        const config = startConfig(api);

        await executor.start(config);
        const text = JSON.stringify(exporter.getFinishedSpans().map(({ name, attributes }) => ({ name, attributes })));

        assert.ok(text.includes(String(config.buildId)));
        assert.ok(!text.includes(config.token));
        assert.doesNotMatch(text, /eyJ/);
    });

    it('are no more, once tracing has ended', async () => {
        stopTracing();
        await executor.start(startConfig(api));

        assert.deepStrictEqual(
            exporter.getFinishedSpans().map(({ name }) => name),
            ['create pod']
        );
    });
});
