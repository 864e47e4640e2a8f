import { inspect } from 'node:util';
import { expect } from 'chai';
import { ExecutorError } from 'screwdriver-executor-base';

describe('ExecutorError', () => {
    it('is an Error with a name, a code and a classification', () => {
        const error = new ExecutorError('the engine is away');

        expect(error).to.be.an.instanceOf(Error);
        expect(error.stack).to.match(/^ExecutorError: the engine is away\n {4}at /);
        expect(error).to.include({
            name: 'ExecutorError',
            message: 'the engine is away',
            code: 'EXECUTOR_ERROR',
            kind: 'internal',
            retryable: false
        });
    });

    it('refuses a kind that does not exist', () => {
        for (const kind of ['network', 'toString', '', 7]) {
            expect(() => new ExecutorError('away', { kind: kind as 'engine' })).to.throw(
                TypeError,
                'The kind of an ExecutorError must be one of configuration, image, capacity, engine, '
            );
        }
    });

    it('may get another name', () => {
        expect(String(Object.assign(new ExecutorError('away'), { name: 'EngineError' }))).to.equal('EngineError: away');
    });

    it('has no property for a missing option', () => {
        expect(Object.keys(new ExecutorError('message'))).to.have.members(['code', 'kind', 'retryable']);
        expect(new ExecutorError('message')).to.not.have.property('cause');
    });

    it('keeps its options', () => {
        const cause = new TypeError('deep');
        const options = {
            code: 'DOCKER_NO_IMAGE',
            kind: 'image',
            retryable: true,
            statusCode: 404,
            attempts: 3,
            userMessage: 'The image is not there.'
        } as const;
        const error = new ExecutorError('no such image', { ...options, cause });

        expect(error).to.include(options);
        expect(error.cause).to.equal(cause);
        expect(Object.keys(error)).to.not.include('cause');
    });

    it('survives JSON with its classification', () => {
        const cause = Object.assign(new TypeError('deep'), { code: 'ECONNREFUSED', request: { token: 'secret' } });
        const options = {
            code: 'ENGINE',
            kind: 'engine',
            retryable: true,
            statusCode: 503,
            attempts: 5,
            userMessage: 'Try again.'
        } as const;

        expect(JSON.parse(JSON.stringify(new ExecutorError('away', { ...options, cause })))).to.deep.equal({
            name: 'ExecutorError',
            message: 'away',
            ...options,
            cause: { name: 'TypeError', message: 'deep', code: 'ECONNREFUSED' }
        });
    });

    it('leaves missing properties out of JSON', () => {
        const json = { name: 'ExecutorError', message: 'away', code: 'EXECUTOR_ERROR', kind: 'internal' };

        expect(new ExecutorError('away').toJSON()).to.deep.equal({ ...json, retryable: false });
        expect(new ExecutorError('away', { cause: 'a text' }).toJSON()).to.deep.equal({ ...json, retryable: false });
        expect(new ExecutorError('away', { cause: new Error('deep') }).toJSON().cause).to.deep.equal({
            name: 'Error',
            message: 'deep'
        });
        expect(
            new ExecutorError('', { cause: Object.assign(new Error('x'), { code: 7 }) }).toJSON().cause
        ).to.not.have.property('code');
    });

    it('distinguishes a zero and an empty string from nothing', () => {
        expect(new ExecutorError('x', { statusCode: 0, attempts: 0, userMessage: '' }).toJSON()).to.include({
            statusCode: 0,
            attempts: 0,
            userMessage: ''
        });
    });

    it('can be extended, and shows its class', () => {
        class DockerError extends ExecutorError {}
        const error = new DockerError('away', { code: 'DOCKER' });

        expect(error).to.be.an.instanceOf(ExecutorError);
        expect(error.toJSON()).to.include({ code: 'DOCKER', name: 'ExecutorError' });
        expect(inspect(error)).to.match(/DockerError/);
    });
});
