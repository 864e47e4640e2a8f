import { refuse, reply } from '../answers';
import { token } from '../tokens';
import type { ErrorCode, ErrorKind } from 'screwdriver-executor-base';
import type { Answer } from '../fault-server';
import type { Failure, Fault } from '../provoke';

const fresh = token(['build']);

function failure(statusCode: number, code: ErrorCode, kind: ErrorKind, retryable: boolean): Omit<Failure, 'message'> {
    return { code, kind, retryable, statusCode };
}

/** The API's answers, in the order of its checks. */
const REFUSALS: Array<[number, string, ErrorCode, ErrorKind]> = [
    [401, 'Missing authentication', 'EXECUTOR_EXCHANGE_UNAUTHENTICATED', 'authentication'],
    [401, 'Invalid token', 'EXECUTOR_EXCHANGE_UNAUTHENTICATED', 'authentication'],
    [401, 'Expired token', 'EXECUTOR_EXCHANGE_UNAUTHENTICATED', 'authentication'],
    [400, 'Invalid request payload JSON format', 'EXECUTOR_EXCHANGE_REJECTED', 'configuration'],
    [403, 'Insufficient scope', 'EXECUTOR_EXCHANGE_FORBIDDEN', 'authentication'],
    [400, 'Invalid request params input', 'EXECUTOR_EXCHANGE_REJECTED', 'configuration'],
    [404, 'Build does not exist', 'EXECUTOR_EXCHANGE_NOT_FOUND', 'configuration'],
    [404, 'Build Id parameter and token does not match', 'EXECUTOR_EXCHANGE_NOT_FOUND', 'configuration'],
    [400, 'Invalid buildTimeout value: X', 'EXECUTOR_EXCHANGE_REJECTED', 'configuration'],
    [403, 'Build is already running or finished.', 'EXECUTOR_EXCHANGE_FORBIDDEN', 'authentication'],
    // What proxies add.
    [407, 'Proxy Authentication Required', 'EXECUTOR_EXCHANGE_REJECTED', 'authentication'],
    [409, 'Conflict', 'EXECUTOR_EXCHANGE_REJECTED', 'engine'],
    [423, 'Locked', 'EXECUTOR_EXCHANGE_REJECTED', 'engine'],
    [402, 'Payment Required', 'EXECUTOR_EXCHANGE_REJECTED', 'configuration'],
    [413, 'Payload Too Large', 'EXECUTOR_EXCHANGE_REJECTED', 'configuration'],
    [425, 'Too Early', 'EXECUTOR_EXCHANGE_REJECTED', 'configuration']
];

const refusals: Fault[] = REFUSALS.map(([status, text, code, kind]) => ({
    title: `${status} ${text}`,
    answers: [refuse(status, text), reply(200, { token: fresh })],
    outcome: {
        ...failure(status, code, kind, false),
        message: new RegExp(`"message":"${text} \\(Bearer \\*\\*\\*\\)"`)
    },
    attempts: 1
}));

const OUTAGES: Array<[number, ErrorKind]> = [
    ...[500, 501, 502, 503, 599].map((status): [number, ErrorKind] => [status, 'engine']),
    [504, 'timeout'],
    [507, 'capacity']
];

const outages: Fault[] = OUTAGES.map(([status, kind]) => ({
    title: `${status}`,
    answers: [refuse(status)],
    outcome: { ...failure(status, 'EXECUTOR_EXCHANGE_SERVER', kind, true), message: /Bearer \*\*\*/ },
    attempts: 2,
    connections: 1
}));

const limited = failure(429, 'EXECUTOR_EXCHANGE_RATE_LIMITED', 'capacity', true);

/** A 429 with each kind of Retry-After: either a second request follows, or the first answer is final. */
const rateLimits: Fault[] = (
    [
        ['no Retry-After', {}, 2],
        ['Retry-After: 0', { 'retry-after': '0' }, 2],
        ['Retry-After: 1, within the time left', { 'retry-after': '1' }, 2],
        ['Retry-After: 120, beyond the time left', { 'retry-after': '120' }, 1],
        ['an absurd Retry-After', { 'retry-after': '9'.repeat(400) }, 1],
        ['a negative Retry-After', { 'retry-after': '-5' }, 2],
        ['a Retry-After that is neither a number nor a date', { 'retry-after': 'soon 2099' }, 2],
        ['a date in the past', { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT' }, 2],
        ['a date beyond the time left', { 'retry-after': 'Fri, 06 Nov 2099 08:49:37 GMT' }, 1]
    ] as Array<[string, Record<string, string>, number]>
).map(([title, headers, attempts]) => ({
    title: `429 with ${title}`,
    answers: [refuse(429, 'Rate limit exceeded', headers)],
    outcome: { ...limited, message: /Rate limit exceeded/ },
    attempts
}));

/** PORT is replaced by the server's port, which would see a redirected request. */
function moved(status: number, location: string): Answer {
    return (request, response) => {
        const here = location.replace('PORT', String(request.socket.localPort));

        refuse(status, 'Moved', { location: here })(request, response);
    };
}

const redirects: Fault[] = (
    [
        [301, 'the same host', '/v4/builds/8/token'],
        [302, 'another host', 'http://localhost:PORT/v4/builds/7/token'],
        [303, 'the same host', '/v4/builds/7/token'],
        [307, 'another host', 'http://localhost:PORT/v4/builds/7/token'],
        [308, 'a file', 'file:///etc/hostname'],
        [302, 'no address', 'http://']
    ] as Array<[number, string, string]>
).map(([status, where, location]) => ({
    title: `${status} to ${where}`,
    answers: [moved(status, location), reply(200, { token: fresh })],
    outcome: { ...failure(status, 'EXECUTOR_EXCHANGE_REDIRECT', 'configuration', false), message: /Moved/ },
    attempts: 1,
    connections: 1
}));

/** An answer, but not 200. */
export const statusFaults: Fault[] = [
    ...refusals,
    ...outages,
    ...rateLimits,
    ...redirects,
    {
        title: '408',
        answers: [refuse(408)],
        outcome: { ...failure(408, 'EXECUTOR_EXCHANGE_TIMEOUT', 'timeout', true), message: /Bearer \*\*\*/ },
        attempts: 2
    },
    {
        title: 'a 500 that goes away at the third try',
        answers: [refuse(500), refuse(502), reply(200, { token: fresh })],
        options: { attempts: 5 },
        outcome: fresh,
        attempts: 3,
        connections: 1
    },
    {
        title: 'a 500 at every one of the five tries',
        answers: [refuse(500)],
        options: { attempts: 5 },
        outcome: { ...failure(500, 'EXECUTOR_EXCHANGE_SERVER', 'engine', true), message: /Something/ },
        attempts: 5
    },
    {
        title: 'a 500 without a body',
        answers: [reply(500, '')],
        outcome: { ...failure(500, 'EXECUTOR_EXCHANGE_SERVER', 'engine', true), message: /: "" \(status 500\)$/ },
        attempts: 2
    },
    {
        title: 'a 503, then a 401',
        answers: [refuse(503), refuse(401)],
        outcome: {
            ...failure(401, 'EXECUTOR_EXCHANGE_UNAUTHENTICATED', 'authentication', false),
            message: /Something/
        },
        attempts: 2
    },
    {
        title: '201 with a token',
        answers: [reply(201, { token: 'opaque-credential' })],
        secrets: ['opaque-credential'],
        outcome: { ...failure(201, 'EXECUTOR_EXCHANGE_ANSWER', 'engine', false), message: /\{"token":"\*\*\*"\}/ },
        attempts: 1
    },
    {
        title: '204',
        answers: [(_request, response) => response.writeHead(204).end()],
        outcome: { ...failure(204, 'EXECUTOR_EXCHANGE_ANSWER', 'engine', false), message: /: "" \(status 204\)$/ },
        attempts: 1
    }
];
