import { expect } from 'chai';
import { leaked, textsOf } from './leaks';
import { token } from './tokens';

describe('the search for leaks', () => {
    const secret = token(['temporal']);

    it('finds a part of eight characters', () => {
        expect(leaked([`a ${secret.slice(20, 28)} b`], [secret])).to.deep.equal([secret.slice(20, 28)]);
        expect(leaked([`a ${secret.slice(20, 27)} b`], [secret])).to.deep.equal([]);
    });

    it('reads message, stack, hidden properties, JSON and causes', () => {
        const hidden = Object.defineProperty(new Error('a'), 'request', { value: { headers: { token: secret } } });
        const json = Object.assign(new Error('a'), { toJSON: () => ({ token: secret }) });
        const stack = Object.assign(new Error('a'), { stack: secret });

        for (const error of [new Error(secret), hidden, json, stack, new Error('a', { cause: hidden })]) {
            expect(leaked(textsOf(error), [secret])).to.have.length.above(0);
        }
        expect(leaked(textsOf(new Error('a', { cause: new Error('b') })), [secret])).to.deep.equal([]);
    });
});
