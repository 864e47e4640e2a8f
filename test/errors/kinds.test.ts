import { expect } from 'chai';
import { ExecutorError, isRetryable, kindOf } from 'screwdriver-executor-base';
import { summaryOf } from '../../dist/errors/kinds';
import { startConfig } from '../support/configs';
import { executorWith, rejection } from '../support/executors';

const withCode = (code: unknown) => Object.assign(new Error('failed'), { code });
const withName = (name: string) => Object.assign(new Error('failed'), { name });

function chain(length: number, last: unknown): unknown {
    return length === 0 ? last : new Error('outer', { cause: chain(length - 1, last) });
}

const cyclic = new Error('cyclic');

cyclic.cause = cyclic;

const throwing = new Proxy(
    {},
    {
        get() {
            throw new Error('something was read');
        }
    }
);
const revoked = Proxy.revocable({}, {});

revoked.revoke();
const hostile = {
    get kind(): never {
        throw new Error('kind was read');
    },
    get message(): never {
        throw new Error('message was read');
    }
};

const CASES: Array<[title: string, error: unknown, kind: string, retryable: boolean]> = [
    ['an ExecutorError', new ExecutorError('x', { kind: 'image', retryable: true }), 'image', true],
    ['an ExecutorError after JSON', { kind: 'capacity', retryable: true }, 'capacity', true],
    ['a kind that is none of the set', { kind: 'other', retryable: true }, 'internal', false],
    ['a plain Error', new Error('x'), 'internal', false],
    ['no error at all', undefined, 'internal', false],
    ['null', null, 'internal', false],
    ['a status at the start of a text', '403 Reason "Forbidden"', 'authentication', false],
    ['a status at the start of a message', { message: '404 Reason "Not Found"' }, 'configuration', false],
    ['a number inside a message', new Error('4031 builds'), 'internal', false],
    ['a status that is none', { statusCode: 7, status: 'x', code: 1.5 }, 'internal', false],
    ['a status of success', { statusCode: 200 }, 'internal', false],
    ['a status 600', { statusCode: 600 }, 'internal', false],
    ['a status within a message', new Error('the engine answered 404'), 'internal', false],
    ['a status 400', { statusCode: 400 }, 'configuration', false],
    ['a status 418', { statusCode: 418 }, 'configuration', false],
    ['a status 401', { status: 401 }, 'authentication', false],
    ['a status 407', { status: 407 }, 'authentication', false],
    ['a status 408', { response: { statusCode: 408 } }, 'timeout', true],
    ['a status 409', { statusCode: 409 }, 'engine', false],
    ['a status 423', { response: { status: 423 } }, 'engine', false],
    ['a status 429', { status: 429 }, 'capacity', true],
    ['a status 501', { code: 501 }, 'engine', false],
    ['a status 504', { code: 504 }, 'timeout', true],
    ['a status 507', { statusCode: 507 }, 'capacity', true],
    ['an abort', withName('AbortError'), 'cancelled', false],
    [
        "an abort by a signal's timeout",
        Object.assign(withName('AbortError'), { code: 'ABORT_ERR', cause: withName('TimeoutError') }),
        'timeout',
        true
    ],
    [
        'an abort by a shutdown',
        Object.assign(withName('AbortError'), {
            code: 'ABORT_ERR',
            cause: new ExecutorError('x', { code: 'EXECUTOR_SHUTDOWN', kind: 'cancelled', retryable: true })
        }),
        'cancelled',
        true
    ],
    [
        'an abort for a reason that is classified, after JSON',
        { name: 'AbortError', cause: { kind: 'engine', retryable: true } },
        'engine',
        true
    ],
    [
        'an abort for another reason',
        Object.assign(withName('AbortError'), { cause: withCode('ECONNRESET') }),
        'cancelled',
        false
    ],
    [
        'a failure that a timeout has caused',
        Object.assign(withCode('ECONNREFUSED'), { cause: withName('TimeoutError') }),
        'engine',
        true
    ],
    ['a timeout by name', withName('TimeoutError'), 'timeout', true],
    ['a timeout of undici', withCode('UND_ERR_HEADERS_TIMEOUT'), 'timeout', true],
    ['no more files to open', withCode('EMFILE'), 'capacity', true],
    ['a certificate that is not trusted', withCode('DEPTH_ZERO_SELF_SIGNED_CERT'), 'configuration', false],
    ['a program that is not there', withCode('ENOENT'), 'configuration', false],
    ['a name that cannot be resolved', withCode('ENOTFOUND'), 'engine', true],
    ['an image in an unknown registry', new Error('manifest unknown'), 'image', false],
    ['an image that a busy registry keeps', 'ErrImagePull: pulling image: 429 toomanyrequests', 'capacity', true],
    ['an image that takes too long', new Error('ErrImagePull: dial tcp 1.2.3.4:443: i/o timeout'), 'timeout', true],
    ['an image that never comes', new Error('ErrImagePull: context deadline exceeded'), 'timeout', true],
    [
        'an image whose registry is away',
        { message: 'ErrImagePull: dial tcp: lookup hub on [::1]:53: no such host' },
        'engine',
        true
    ],
    ['an image that is not there', new Error('ErrImagePull: my/timeout:429 not found'), 'image', false],
    ['a connection that its server drains', new Error('http2: server sent GOAWAY and closed it'), 'engine', true],
    ['a full disk', new Error('write /x: no space left on device'), 'capacity', true],
    ['what fetch wraps', new TypeError('fetch failed', { cause: withCode('ECONNREFUSED') }), 'engine', true],
    ['the first of several', new AggregateError([withCode('ECONNRESET'), new Error('x')]), 'engine', true],
    ['a cause five deep', chain(5, withCode('EPIPE')), 'engine', true],
    ['a cause six deep', chain(6, withCode('EPIPE')), 'internal', false],
    ['a cause that is the error itself', cyclic, 'internal', false],
    ['accessors that throw', hostile, 'internal', false],
    ['a proxy that throws', throwing, 'internal', false],
    ['a proxy that was revoked', revoked.proxy, 'internal', false],
    ['parts that throw', { kind: throwing, code: throwing, response: throwing, cause: throwing }, 'internal', false],
    ['several that throw', { message: throwing, statusCode: throwing, errors: revoked.proxy }, 'internal', false]
];

describe('the kind of an error', () => {
    for (const [title, error, kind, retryable] of CASES) {
        it(`is ${kind}${retryable ? ', retryable,' : ''} for ${title}`, () => {
            expect(kindOf(error)).to.equal(kind);
            expect(isRetryable(error)).to.equal(retryable);
        });
    }

    it("is configuration for Joi's errors", async () => {
        expect(kindOf(await rejection(executorWith({}).start({} as never)))).to.equal('configuration');
    });

    it('is internal for a hook that is not implemented', async () => {
        expect(kindOf(await rejection(executorWith({}).startFrozen({ buildId: 1 })))).to.equal('internal');
    });
});

describe('the summary of an error', () => {
    it('has the properties that its client has set', () => {
        const error = Object.assign(new TypeError('secret'), { code: 'ERR_BAD', statusCode: 503, config: 'secret' });

        expect(summaryOf(error)).to.deep.equal({
            name: 'TypeError',
            kind: 'engine',
            retryable: true,
            code: 'ERR_BAD',
            statusCode: 503
        });
    });

    it('has the code of the error behind it', () => {
        const error = new TypeError('fetch failed', { cause: withCode('ENOTFOUND') });

        expect(summaryOf(error)).to.include({ name: 'TypeError', causeCode: 'ENOTFOUND' });
        expect(summaryOf(new Error('x', { cause: withCode('not a code') }))).to.not.have.property('causeCode');
    });

    it("has the paths of Joi's error, and no value", async () => {
        const config = startConfig({ buildId: 'secret', container: 7 });
        const error = await rejection(executorWith({}).start(config));

        expect(summaryOf(error)).to.deep.equal({
            name: 'ValidationError',
            kind: 'configuration',
            retryable: false,
            paths: ['buildId']
        });
    });

    for (const [title, details, paths] of [
        ['deep ones', [{ path: ['build', 'steps', 0] }, { path: ['a'] }], ['build.steps.0', 'a']],
        ['secrets as keys', [{ path: ['a', 'eyJhbGciOiJI', 'x y', '1'.repeat(33)] }], ['a.***.***.***']],
        ['an empty one', [{ path: [] }], undefined],
        ['none', undefined, undefined],
        ['what is none', [{}, 'x'], undefined],
        ['one that cannot be read', [{ path: [{ toString: null }] }], undefined],
        ['revoked ones', revoked.proxy, undefined]
    ] as const) {
        it(`handles ${title} in paths`, () => {
            expect(summaryOf({ name: 'ValidationError', details }).paths).to.deep.equal(paths);
        });
    }

    it('leaves out everything that may be more than a name or a code', () => {
        for (const error of [
            { name: 'Bearer eyJhbGciOiJI.eyJ1', code: 'eyJhbGciOiJI' },
            { name: 'E', code: 'EBAD eyJhbGciOiJI' },
            { name: 'E', code: ['EBAD'] },
            { name: 'E', details: [{ path: ['a'] }] },
            { name: ['E'] }
        ]) {
            const name = error.name === 'E' ? 'E' : 'Error';

            expect(summaryOf(error)).to.deep.equal({ name, kind: 'internal', retryable: false });
        }
    });
});
