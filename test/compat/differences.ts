import type { Event } from './child/recording';

interface Difference {
    name: string;
    /** What must be seen here in the place of what was seen on 11.1.0. */
    expect?(event: Event): Event;
    /** The annotations of which 11.1.0 makes what this package makes of these. */
    given?(annotations: Annotations): Annotations;
}

type Annotations = Record<string, unknown>;

/**
 * Where this package differs from 11.1.0 on purpose: the whole list. show-differences.ts shows each on either base.
 * Whatever else differs is a failure.
 */
export const DIFFERENCES: Difference[] = [
    {
        name: 'a validation error shows no value',
        // Joi keeps the config, token included, in `_original` and in the details: both end up in logs.
        expect: event => onError(event, error => (error.isJoi ? withoutValues(error) : error))
    },
    {
        name: 'an error of a hook that nobody wrote has a code',
        expect: event =>
            onError(event, error =>
                error.message === 'Not implemented' && error.class === 'Error'
                    ? { ...error, own: { ...error.own, code: 'EXECUTOR_NOT_IMPLEMENTED' } }
                    : error
            )
    },
    {
        name: 'a promise where a hook threw or gave a plain value',
        // 11.1.0 did so in start, stop, verify, status and cleanUp alone. Callers chain `.catch` on all of them.
        expect: event => (isOperation(event.called) ? { ...event, returned: 'a promise' } : event)
    },
    {
        name: 'hooks get a second argument',
        // `{ signal }`: it tells a hook that the executor shuts down.
        expect: event =>
            event.hook && event.hook !== '_cleanUp' ? { ...event, more: [{ '[class]': 'OperationContext' }] } : event
    },
    {
        name: 'a config with a method then is a config'
        // 11.1.0 took it for a promise and gave the hook what that resolved to, or never settled.
    },
    {
        name: 'callbacks are called'
        // The README has had them since the beginning; no release called them.
    },
    {
        name: 'two clean-ups at a time are one'
        // The hook closes connections: a second SIGTERM must not close them again.
    },
    {
        name: 'parseAnnotations takes undefined and null',
        // Every executor had to wrap the call.
        expect: event =>
            event.called === 'parseAnnotations' && event.error?.class === 'TypeError'
                ? { called: event.called, returned: 'a value', value: {} }
                : event
    },
    {
        name: 'parseAnnotations knows every annotation that the schema reserves'
        // Each new annotation used to need a release of the base.
    },
    {
        name: 'a beta prefix has a dot',
        // 11.1.0 took any character in its place.
        given: annotations => Object.fromEntries(Object.entries(annotations).filter(([key]) => !/^beta[^.]/s.test(key)))
    },
    {
        name: 'the base has more names'
        // A build whose executor annotation is one of them fails on a router, as it always did for `start` or `stats`.
    }
];

function isOperation(method: string | undefined): boolean {
    return method !== undefined && !['stats', 'parseAnnotations'].includes(method);
}

function onError(event: Event, change: (error: any) => unknown): Event {
    return event.error?.own ? { ...event, error: change(event.error) } : event;
}

function withoutValues(error: any) {
    const own = without('_original', error.own);

    return { ...error, own: { ...own, details: own.details.map(withoutValue) } };
}

function withoutValue(detail: any): unknown {
    if (!detail.context) return detail;
    const context = without('value', detail.context);

    if (Array.isArray(context.details)) context.details = context.details.map(withoutValue);

    return { ...detail, context };
}

function without(unwanted: string, object: object): Record<string, any> {
    return Object.fromEntries(Object.entries(object).filter(([key]) => key !== unwanted));
}

/** What must be seen here, from what was seen on 11.1.0. */
export function expected(events: Event[]): Event[] {
    return events.map(event => DIFFERENCES.reduce((seen, { expect }) => expect?.(seen) ?? seen, event));
}

/** Annotations of which 11.1.0 makes what this package makes of the original. */
export function rearranged(annotations: Annotations): Annotations {
    return DIFFERENCES.reduce((seen, { given }) => given?.(seen) ?? seen, annotations);
}
