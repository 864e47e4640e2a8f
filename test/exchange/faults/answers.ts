import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { cut, flood, refuse, reply, stall } from '../answers';
import { token } from '../tokens';
import type { Answer } from '../fault-server';
import type { Fault } from '../provoke';

const MB = 2 ** 20;
const GZIP = { 'content-encoding': 'gzip' };

const fresh = token(['build']);
const whole = JSON.stringify({ token: fresh });
const packed = gzipSync(whole);

const unusable = { code: 'EXECUTOR_EXCHANGE_ANSWER', kind: 'engine', retryable: false } as const;
const lost = { code: 'EXECUTOR_EXCHANGE_NETWORK', kind: 'engine', retryable: true } as const;
const late = { code: 'EXECUTOR_EXCHANGE_TIMEOUT', kind: 'timeout', retryable: true } as const;

/** Bodies of a 200 without a token. */
const BODIES: Array<[string, unknown, string?]> = [
    ['HTML', '<!doctype html><title>Sign in</title>'],
    ['an empty body', ''],
    ['JSON that ends early', `{"token":"${fresh}`, fresh],
    ['JSON null', null],
    ['a JSON number', 7],
    ['a JSON string', JSON.stringify(fresh), fresh],
    ['a JSON list', [fresh], fresh],
    ['an object without a token', { jwt: fresh }, fresh],
    ['a token that is a number', { token: 7 }],
    ['a token that is an object', { token: { token: fresh } }, fresh],
    ['a token that is null', { token: null }],
    ['an empty token', { token: '' }],
    ['a token with a newline', { token: `${fresh}\nX-Header: 1` }, fresh],
    ['a token with a space', { token: ` ${fresh}` }, fresh],
    ['a token with a NUL', { token: `${fresh}\0` }, fresh],
    ['a token beyond ASCII', { token: `${fresh}é` }, fresh]
];

const withoutToken: Fault[] = BODIES.map(([title, body, secret]) => ({
    title: `a 200 with ${title}`,
    answers: [reply(200, body)],
    secrets: secret === undefined ? [] : [secret],
    outcome: { ...unusable, statusCode: 200, message: /: the answer 200 contains no usable token$/ },
    attempts: 1
}));

/** Deeper than JSON.stringify can go. */
const nested = '['.repeat(100_000) + ']'.repeat(100_000);

const deep: Fault[] = (
    [
        [200, 'EXECUTOR_EXCHANGE_ANSWER', 'engine', false, /contains no usable token/],
        [401, 'EXECUTOR_EXCHANGE_UNAUTHENTICATED', 'authentication', false, /nested too deeply.*\(status 401\)/],
        [503, 'EXECUTOR_EXCHANGE_SERVER', 'engine', true, /nested too deeply.*\(status 503\)/]
    ] as const
).map(([statusCode, code, kind, retryable, message]) => ({
    title: `a ${statusCode} of 100,000 nested lists`,
    answers: [reply(statusCode, nested)],
    outcome: { code, kind, retryable, statusCode, message },
    attempts: retryable ? 2 : 1
}));

/** Small on the wire, large when decompressed. */
const bomb = gzipSync(Buffer.alloc(100 * MB));

const tooLarge: Fault[] = (
    [
        ['a 200 of 100 MB', 200, flood(200, 100 * MB)],
        ['a 200 of 100 MB with its length', 200, flood(200, 100 * MB, { 'content-length': 100 * MB })],
        ['a 403 of 100 MB', 403, flood(403, 100 * MB)],
        ['a 503 of 100 MB', 503, flood(503, 100 * MB)],
        ['a 200 of a mebibyte and a byte', 200, reply(200, whole.padEnd(MB + 1))],
        ['100 KB that decompress to 100 MB', 200, reply(200, bomb, GZIP)],
        ['100 KB that decompress to 100 MB, in chunks', 200, chunks(200, [bomb], GZIP)]
    ] as Array<[string, number, Answer]>
).map(([title, statusCode, answer]) => ({
    title,
    answers: [answer],
    outcome: { ...unusable, statusCode, message: /too large for a token/ },
    attempts: 1,
    growth: 40 * MB
}));

function chunks(status: number, parts: Array<string | Buffer>, headers = {}): Answer {
    return (_request, response) => {
        response.writeHead(status, headers);
        for (const part of parts) response.write(part);
        response.end();
    };
}

/** Complete but unexpected answers, and variants of the right one. */
export const answerFaults: Fault[] = [
    ...withoutToken,
    ...tooLarge,
    ...deep,
    { title: 'a token in a mebibyte', answers: [reply(200, whole.padEnd(MB))], outcome: fresh, attempts: 1 },
    { title: 'a token in chunks', answers: [chunks(200, [...whole])], outcome: fresh, attempts: 1 },
    ...Object.entries({
        gzip: packed,
        'x-gzip': packed,
        GZIP: packed,
        deflate: deflateSync(whole),
        br: brotliCompressSync(whole),
        identity: whole
    }).map(([coding, body]) => ({
        title: `a token in ${coding}, which was not asked for`,
        answers: [reply(200, body, { 'content-encoding': coding })],
        outcome: fresh,
        attempts: 1,
        connections: 1
    })),
    {
        title: 'a token in a coding that nobody knows',
        answers: [reply(200, packed, { 'content-encoding': 'zip' })],
        outcome: { ...unusable, statusCode: 200, message: /contains no usable token/ },
        attempts: 1
    },
    ...['gzipped', 'agzip', 'deflated', 'adeflate', 'brotli', 'abr', 'x-br'].map(coding => ({
        title: `a token as it is, said to be in ${coding}`,
        answers: [reply(200, whole, { 'content-encoding': coding })],
        outcome: fresh,
        attempts: 1
    })),
    {
        title: 'a token beside other keys, as text/html',
        answers: [reply(200, { id: 7, token: fresh }, { 'content-type': 'text/html' })],
        outcome: fresh,
        attempts: 1
    },
    {
        title: 'gzip that breaks off',
        answers: [cut(200, packed.subarray(0, 100), GZIP)],
        outcome: { ...lost, message: /aborted|ECONNRESET|unexpected end/ },
        attempts: 2
    },
    {
        title: 'gzip that stalls',
        answers: [stall(200, packed.subarray(0, 100), GZIP)],
        options: { tryTimeout: 300 },
        outcome: { ...late, message: /Timeout awaiting/ },
        attempts: 2
    },
    {
        title: 'invalid gzip',
        answers: [reply(200, whole, GZIP)],
        secrets: [fresh],
        outcome: { ...lost, message: /incorrect header check/ },
        attempts: 2
    },
    {
        title: "a refusal that quotes another build's token, of the same header",
        answers: [reply(403, { message: `not ${fresh}, but ${token(['temporal'])}` })],
        secrets: [fresh],
        outcome: {
            code: 'EXECUTOR_EXCHANGE_FORBIDDEN',
            kind: 'authentication',
            retryable: false,
            statusCode: 403,
            message: /"not \*\*\*, but \*\*\*"/
        },
        attempts: 1
    },
    {
        title: 'a credential within a long refusal',
        answers: [refuse(400, 'x'.repeat(8_100))],
        outcome: {
            code: 'EXECUTOR_EXCHANGE_REJECTED',
            kind: 'configuration',
            retryable: false,
            statusCode: 400,
            message: /x{8000}.*…$/
        },
        attempts: 1
    }
];
