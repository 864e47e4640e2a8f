import type { Event } from './child/recording';

interface Difference {
    name: string;
    /** What must be observed here instead of the event on 11.1.0. */
    expect?(event: Event): Event;
    /** The annotations that 11.1.0 parses to the result that this package gives for these. */
    given?(annotations: Annotations): Annotations;
}

type Annotations = Record<string, unknown>;

/**
 * The complete list of intended differences from 11.1.0. show-differences.ts shows each on either base. Any other
 * difference is a failure.
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
        // 11.1.0 did so only in start, stop, verify, status and cleanUp. Callers chain `.catch` on all operations.
        expect: event => (isOperation(event.called) ? { ...event, returned: 'a promise' } : event)
    },
    {
        name: 'hooks get a second argument',
        // `{ signal }`, which tells a hook that the executor shuts down.
        expect: event =>
            event.hook && event.hook !== '_cleanUp' ? { ...event, more: [{ '[class]': 'OperationContext' }] } : event
    },
    {
        name: 'a config with a method then is a config'
        // 11.1.0 treated it as a promise and passed the hook its resolved value, or never settled.
    },
    {
        name: 'callbacks are called'
        // The README has always had them, but no release called them.
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
        // 11.1.0 accepted any character instead.
        given: annotations => Object.fromEntries(Object.entries(annotations).filter(([key]) => !/^beta[^.]/s.test(key)))
    },
    {
        name: 'the base has more names'
        // A build whose executor annotation is one of these names fails on a router, as it always did with `start` or
        // `stats`.
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

/** The events that must be observed here, from those on 11.1.0. */
export function expected(events: Event[]): Event[] {
    return events.map(event => DIFFERENCES.reduce((seen, { expect }) => expect?.(seen) ?? seen, event));
}

/** Annotations that 11.1.0 parses to the result that this package gives for the original. */
export function rearranged(annotations: Annotations): Annotations {
    return DIFFERENCES.reduce((seen, { given }) => given?.(seen) ?? seen, annotations);
}
