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

/** The operations with a channel. The exchange runs inside a start. */
const CHANNELS = [...Executor.OPERATIONS, 'exchangeTokenForBuild'];

/** Keeps the context while an operation runs. The channels set it once it is bound to them. */
const store = new AsyncLocalStorage<Context>();

/** OpenTelemetry's own manager does not share its store; this one uses ours. For `new NodeSDK({ contextManager })`. */
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
 * Creates a span for every operation of every executor in this process. Its parent is the span that was active at the
 * call, and it is active in the hook, so that spans of the hook become its children.
 *
 * @returns a function that stops the tracing
 */
export function traceExecutors(): () => void {
    const tracer = trace.getTracer('screwdriver-executor');
    // Keyed by message, which is one object from the start of a call to its end.
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

/** Spans ignore undefined attributes. */
function attributesOf({ buildId, jobId, pipelineId }: OperationMessage): Attributes {
    return { 'screwdriver.build.id': buildId, 'screwdriver.job.id': jobId, 'screwdriver.pipeline.id': pipelineId };
}

/**
 * Messages do not contain the text of an error, so neither do spans: everything in them may be shown to readers of
 * traces.
 */
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
