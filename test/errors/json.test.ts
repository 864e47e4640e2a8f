import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { ExecutorError, isRetryable, kindOf } from 'screwdriver-executor-base';
import { ROOT } from '../support/child';

const DEFAULTS = {
    name: 'ExecutorError',
    message: 'Unknown error',
    code: 'EXECUTOR_ERROR',
    kind: 'internal',
    retryable: false
};

function engineError(): ExecutorError {
    return new ExecutorError('no room', {
        code: 'MY_CODE',
        kind: 'capacity',
        retryable: true,
        statusCode: 429,
        attempts: 3,
        userMessage: 'Try later.',
        cause: Object.assign(new TypeError('deep'), { code: 'EAGAIN', request: { token: 'secret' } })
    });
}

const hostile = new Proxy(
    {},
    {
        get: () => {
            throw new Error('read');
        }
    }
);

describe('ExecutorError.fromJSON', () => {
    const ways: Record<string, (json: unknown) => unknown> = {
        JSON: json => JSON.parse(JSON.stringify(json)) as unknown,
        structuredClone: json => structuredClone(json)
    };

    for (const [way, send] of Object.entries(ways)) {
        it(`gives the error that toJSON described, after ${way}`, () => {
            const error = engineError();
            const copy = ExecutorError.fromJSON(send(error.toJSON()));

            expect(copy).to.be.instanceOf(ExecutorError);
            expect(copy.stack).to.match(/^ExecutorError: no room\n/);
            expect(copy.toJSON()).to.deep.equal(error.toJSON());
            expect(copy.cause).to.be.instanceOf(Error).and.include({ name: 'TypeError', message: 'deep' });
            expect(copy.cause).to.not.have.property('request');
            expect([kindOf(copy), isRetryable(copy)]).to.deep.equal(['capacity', true]);
        });
    }

    it("gives the error that a worker's thread posted", async () => {
        const program = `
            const { parentPort } = require('node:worker_threads');
            const { ExecutorError } = require(${JSON.stringify(ROOT)});

            parentPort.postMessage(new ExecutorError('no such image', { code: 'NO_IMAGE', kind: 'image' }).toJSON());
        `;
        const [message] = (await once(new Worker(program, { eval: true }), 'message')) as [unknown];

        expect(ExecutorError.fromJSON(message)).to.include({
            message: 'no such image',
            code: 'NO_IMAGE',
            kind: 'image',
            retryable: false
        });
    });

    for (const [title, error] of Object.entries({
        'a refused connection': Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
        'a status': Object.assign(new Error('busy'), { status: 429 }),
        'a text of an engine': { message: 'no such image: node:20x' },
        "an abort's cause": { name: 'AbortError', cause: { kind: 'cancelled', retryable: true } },
        'retryable without a kind': { retryable: true }
    })) {
        it(`keeps the known properties of an error that is not an ExecutorError: ${title}`, () => {
            const json = JSON.parse(JSON.stringify(error)) as unknown;
            const copy = ExecutorError.fromJSON(json);

            expect([copy.kind, copy.retryable]).to.deep.equal([kindOf(json), isRetryable(json)]);
            expect([kindOf(copy), isRetryable(copy)]).to.deep.equal([kindOf(error), isRetryable(error)]);
        });
    }

    for (const [title, json] of Object.entries({
        nothing: undefined,
        null: null,
        'a text': 'EXECUTOR_SHUTDOWN',
        'a number': 12,
        'an empty object': {},
        'an array': [1],
        'an object whose accessors throw': hostile,
        'values of other types': {
            message: { toString: null },
            kind: 'other',
            code: 1,
            retryable: 'yes',
            statusCode: '1',
            attempts: NaN,
            userMessage: [],
            cause: 'a text'
        },
        'a kind that every object has': { kind: 'constructor', cause: null }
    })) {
        it(`gives an error of no kind for ${title}`, () => {
            const error = ExecutorError.fromJSON(json);

            expect(error.toJSON()).to.deep.equal(DEFAULTS);
            expect(error).to.not.have.property('cause');
        });
    }

    it('takes nothing but the description: no prototype, no stack, no key of its own', () => {
        const text = '{"name":"Other","stack":"x","toJSON":1,"extra":1,"__proto__":{"kind":"engine"}';
        const error = ExecutorError.fromJSON(JSON.parse(`${text},"cause":${text},"message":"deep"}}`));

        expect(error.toJSON()).to.deep.equal({ ...DEFAULTS, cause: { name: 'Other', message: 'deep' } });
        expect(Object.getPrototypeOf(error)).to.equal(ExecutorError.prototype);
        expect(Object.getPrototypeOf(error.cause)).to.equal(Error.prototype);
        for (const made of [error, error.cause as Error]) {
            expect(made).to.not.have.property('extra');
            expect(made.stack).to.not.equal('x');
        }
    });

    it('gives a cause without properties its defaults', () => {
        const { cause } = ExecutorError.fromJSON({ cause: {} });

        expect(cause).to.be.instanceOf(Error).and.include({ name: 'Error', message: 'Unknown error' });
        expect(cause).to.not.have.property('code');
    });
});
