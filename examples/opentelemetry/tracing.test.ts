import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import { NodeSDK, tracing } from '@opentelemetry/sdk-node';
import {
    MemoryExecutor,
    startConfig,
    startTokenApi,
    stopConfig,
    type TokenApi
} from 'screwdriver-executor-base/testing';
import { SharedContextManager, traceExecutors } from './tracing';
import type { StartConfig, StartContext } from 'screwdriver-executor-base';

const exporter = new tracing.InMemorySpanExporter();
const sdk = new NodeSDK({
    contextManager: new SharedContextManager(),
    spanProcessors: [new tracing.SimpleSpanProcessor(exporter)],
    instrumentations: [],
    autoDetectResources: false,
    metricReaders: [],
    logRecordProcessors: []
});

/** Its hook does typical work: a traced call after a wait, and a request that propagates the context. */
class TracedExecutor extends MemoryExecutor {
    headers: Record<string, string> = {};

    protected override async _start(config: StartConfig, startContext: StartContext): Promise<boolean> {
        const result = await super._start(config, startContext);

        this.headers = {};
        propagation.inject(context.active(), this.headers);
        trace.getTracer('engine').startSpan('create pod').end();

        return result;
    }
}

describe('the spans of an executor', () => {
    let api: TokenApi;
    let stopTracing: () => void;
    let executor: TracedExecutor;

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

    const named = (name: string) => exporter.getFinishedSpans().find(span => span.name === name)!;
    const traceOf = (span: { spanContext(): { traceId: string } }) => span.spanContext().traceId;

    it('are one per operation, with the ids of the build', async () => {
        const config = startConfig(api);

        await executor.start(config);
        await executor.stop(stopConfig(api, { buildId: config.buildId }));
        const { attributes, status } = named('TracedExecutor.start');

        assert.deepEqual(
            { ...attributes },
            {
                'screwdriver.build.id': config.buildId,
                'screwdriver.job.id': 1,
                'screwdriver.pipeline.id': 1,
                'screwdriver.result': 'ok',
                'screwdriver.waited': attributes['screwdriver.waited']
            }
        );
        assert.equal(status.code, SpanStatusCode.UNSET);
        assert.equal(named('TracedExecutor.stop').attributes['screwdriver.build.id'], config.buildId);
        assert.notEqual(traceOf(named('TracedExecutor.start')), traceOf(named('TracedExecutor.stop')));
    });

    it('are the parents of the spans of the hook, the token exchange included', async () => {
        await executor.start(startConfig(api));
        const { spanId, traceId } = named('TracedExecutor.start').spanContext();

        assert.equal(named('create pod').parentSpanContext?.spanId, spanId);
        assert.equal(named('TracedExecutor.exchangeTokenForBuild').parentSpanContext?.spanId, spanId);
        assert.equal(executor.headers.traceparent, `00-${traceId}-${spanId}-01`);
    });

    it('are the children of the span that was active at the call', async () => {
        const request = trace.getTracer('api').startSpan('PUT /builds');

        await context.with(trace.setSpan(context.active(), request), () => executor.start(startConfig(api)));
        const { parentSpanContext } = named('TracedExecutor.start');

        assert.equal(parentSpanContext?.spanId, request.spanContext().spanId);
        assert.equal(traceOf(named('create pod')), traceOf(request));
    });

    it('do not mix when operations run concurrently', async () => {
        executor.engine.latency = 50;
        await Promise.all([1, 2, 3].map(() => executor.start(startConfig(api))));
        const spans = exporter.getFinishedSpans();
        const parents = spans.filter(({ name }) => name === 'create pod').map(span => span.parentSpanContext?.spanId);
        const starts = spans
            .filter(({ name }) => name === 'TracedExecutor.start')
            .map(span => span.spanContext().spanId);

        assert.deepEqual(parents.toSorted(), starts.toSorted());
        assert.equal(new Set(starts).size, 3);
        assert.equal(trace.getSpan(context.active()), undefined);
    });

    it('have the kind of an error, without its text', async () => {
        executor.engine.down = true;
        await assert.rejects(executor.start(startConfig(api)), { kind: 'engine' });
        const { attributes, status, events } = named('TracedExecutor.start');

        assert.equal(status.code, SpanStatusCode.ERROR);
        assert.equal(status.message, undefined);
        assert.equal(attributes['error.type'], 'engine');
        assert.equal(attributes['screwdriver.error.code'], 'MEMORY_ENGINE_DOWN');
        assert.equal(attributes['screwdriver.error.retryable'], true);
        assert.deepEqual(events, []);
    });

    it('distinguish a build that cannot run from one that runs', async () => {
        const config = startConfig(api, { container: 'no/such:image' });

        await executor.start(config);
        await executor.verify(config);
        assert.equal(named('TracedExecutor.verify').attributes['screwdriver.result'], 'ok');
        exporter.reset();
        executor.engine.missingImages.add('no/such:image');
        await executor.verify(config);
        assert.equal(named('TracedExecutor.verify').attributes['screwdriver.result'], 'fail-build');
    });

    it('have the number of requests of an exchange, and how long it waited', async () => {
        api.failNext(503);
        await executor.start(startConfig(api));
        const { attributes } = named('TracedExecutor.exchangeTokenForBuild');

        assert.equal(attributes['screwdriver.attempts'], 2);
        assert.ok(Number(attributes['screwdriver.waited']) > 0);
    });

    it('contain no token', async () => {
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

        assert.deepEqual(
            exporter.getFinishedSpans().map(({ name }) => name),
            ['create pod']
        );
    });
});
