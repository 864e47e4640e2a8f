import { AsyncLocalStorage } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';
import {
    context,
    ROOT_CONTEXT,
    SpanStatusCode,
    trace,
    type Attributes,
    type Context,
    type Span
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import Executor, { type OperationMessage } from 'screwdriver-executor-base';

/** Each has a channel; the exchange runs inside a start. */
const CHANNELS = [...Executor.OPERATIONS, 'exchangeTokenForBuild'];

/** Where the context is kept while an operation runs. Channels set it by themselves, once it is bound to them. */
const store = new AsyncLocalStorage<Context>();

/** OpenTelemetry's own manager keeps its store to itself; this one shares ours. For `new NodeSDK({ contextManager })`. */
export class SharedContextManager extends AsyncLocalStorageContextManager {
    override active(): Context {
        return store.getStore() ?? ROOT_CONTEXT;
    }

    override with<Arguments extends unknown[], Work extends (...args: Arguments) => ReturnType<Work>>(
        active: Context,
        work: Work,
        self?: ThisParameterType<Work>,
        ...args: Arguments
    ): ReturnType<Work> {
        return store.run(active, () => work.apply(self, args));
    }

    override disable(): this {
        store.disable();

        return this;
    }
}

/**
 * Makes a span of every operation of every executor in this process. A span is the child of what was active at the
 * call, and active itself in the hook, so that what the hook does is traced beneath it.
 *
 * @returns what ends it
 */
export function traceExecutors(): () => void {
    const tracer = trace.getTracer('screwdriver-executor');
    // By message, which is one object from the start of a call to its end.
    const spans = new WeakMap<object, Span>();
    const endings = CHANNELS.map(operation => {
        const event = (name: string) => `tracing:screwdriver-executor.${operation}:${name}`;
        const start = channel(event('start'));
        const asyncEnd = channel(event('asyncEnd'));
        const end = (message: unknown) => endSpan(spans.get(message as object), message as OperationMessage);

        start.bindStore(store, (message: OperationMessage) => {
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

/** A span leaves out what is undefined. */
function attributesOf({ buildId, jobId, pipelineId }: OperationMessage): Attributes {
    return { 'screwdriver.build.id': buildId, 'screwdriver.job.id': jobId, 'screwdriver.pipeline.id': pipelineId };
}

/** A message has no error's text, and neither has the span: only what may be shown to whoever reads traces. */
function endSpan(span: Span | undefined, { result, attempts, waited, error }: OperationMessage): void {
    span?.setAttributes({
        'screwdriver.result': result,
        'screwdriver.attempts': attempts,
        'screwdriver.waited': waited
    });
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
