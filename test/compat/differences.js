'use strict';

/**
 * Where this package differs from 11.1.0 on purpose: the whole list. `expect(event)` rewrites what was seen on 11.1.0
 * into what must be seen here; whatever differs after that is a failure. differences.test.js shows each of them.
 */
const DIFFERENCES = [
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
        expect: event =>
            event.called && !SYNCHRONOUS.includes(event.called) ? { ...event, returned: 'a promise' } : event
    }
];

const SYNCHRONOUS = ['stats', 'parseAnnotations'];

function onError(event, change) {
    return event.error?.own ? { ...event, error: change(event.error) } : event;
}

function withoutValues(error) {
    const { _original, ...own } = error.own;

    return { ...error, own: { ...own, details: own.details.map(withoutValue) } };
}

function withoutValue({ context, ...detail }) {
    if (!context) return detail;
    const { value, ...rest } = context;

    return {
        ...detail,
        context: Array.isArray(rest.details) ? { ...rest, details: rest.details.map(withoutValue) } : rest
    };
}

/** What must be seen here, from what was seen on 11.1.0. */
function expected(events) {
    return events.map(event => DIFFERENCES.reduce((seen, difference) => difference.expect(seen), event));
}

module.exports = { DIFFERENCES, expected };
