'use strict';

const { AsyncLocalStorage } = require('node:async_hooks');
const { tracingChannel } = require('node:diagnostics_channel');
const { context, ROOT_CONTEXT, SpanStatusCode, trace } = require('@opentelemetry/api');
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
const Executor = require('screwdriver-executor-base');

/** Each has a channel; the exchange runs inside a start. */
const CHANNELS = [...Executor.OPERATIONS, 'exchangeTokenForBuild'];

/** Where the context is kept while an operation runs. Channels set it by themselves, once it is bound to them. */
const store = new AsyncLocalStorage();

/** OpenTelemetry's own manager keeps its store to itself; this one shares ours. For `new NodeSDK({ contextManager })`. */
class SharedContextManager extends AsyncLocalStorageContextManager {
    active() {
        return store.getStore() ?? ROOT_CONTEXT;
    }

    with(active, work, self, ...args) {
        return store.run(active, () => work.apply(self, args));
    }

    disable() {
        store.disable();

        return this;
    }
}

/**
 * Makes a span of every operation of every executor in this process. A span is the child of what was active at the
 * call, and active itself in the hook, so that what the hook does is traced beneath it.
 *
 * @returns {() => void} ends it
 */
function traceExecutors() {
    const tracer = trace.getTracer('screwdriver-executor');
    // By message, which is one object from the start of a call to its end.
    const spans = new WeakMap();
    const endings = CHANNELS.map(operation => {
        const { start, asyncEnd } = tracingChannel(`screwdriver-executor.${operation}`);
        const end = message => endSpan(spans.get(message), message);

        start.bindStore(store, message => {
            const span = tracer.startSpan(`${message.executor}.${operation}`, { attributes: attributesOf(message) });

            spans.set(message, span);

            return trace.setSpan(context.active(), span);
        });
        asyncEnd.subscribe(end);

        return () => {
            start.unbindStore(store);
            asyncEnd.unsubscribe(end);
        };
    });

    return () => endings.forEach(end => end());
}

function attributesOf({ buildId, jobId, pipelineId }) {
    return { 'screwdriver.build.id': buildId, 'screwdriver.job.id': jobId, 'screwdriver.pipeline.id': pipelineId };
}

/** A message has no error's text, and neither has the span: only what may be shown to whoever reads traces. */
function endSpan(span, { error }) {
    if (error) {
        span?.setAttributes({
            'error.type': error.kind,
            'screwdriver.error.code': error.code,
            'screwdriver.error.retryable': error.retryable,
            'http.response.status_code': error.statusCode
        });
        span?.setStatus({ code: SpanStatusCode.ERROR });
    }
    span?.end();
}

module.exports = { SharedContextManager, traceExecutors };
