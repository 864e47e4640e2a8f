import { expect } from 'chai';
import { array, assert, constantFrom, nat, oneof, property, string, tuple } from 'fast-check';
import { mask } from '../../dist/errors/mask';
import { leaked } from '../exchange/leaks';
import { token } from '../exchange/tokens';

/** Few letters, so that the secret repeats itself and the text around it resembles it. */
const letter = constantFrom(...'abcAB12-_.');
const secrets = string({ unit: letter, minLength: 8, maxLength: 60 });
const innocent = string({ unit: constantFrom(...'xyz {}":,') });

describe('masking', () => {
    const jwt = token(['temporal']);

    it('leaves no part of eight characters, wherever the secret and its parts stand', () => {
        const pieces = array(oneof(innocent, string({ unit: letter }), tuple(nat(), nat())), { maxLength: 20 });

        assert(
            property(secrets, pieces, (secret, parts) => {
                const cut = ([from, length]: [number, number]) => secret.slice(from % secret.length).slice(0, length);
                const text = parts.map(part => (typeof part === 'string' ? part : cut(part))).join('');

                expect(leaked([mask(text, secret)], [secret])).to.deep.equal([]);
            }),
            { numRuns: 2000 }
        );
    });

    it('changes nothing where there is nothing to hide', () => {
        assert(
            property(secrets, innocent, (secret, text) => {
                expect(mask(text, secret)).to.equal(text);
            })
        );
    });

    it('keeps what stands around the secret', () => {
        assert(
            property(secrets, innocent, innocent, (secret, before, after) => {
                expect(mask(`${before}${secret}${after}`, secret)).to.equal(`${before}***${after}`);
            })
        );
    });

    it('hides a secret shorter than eight characters as a whole', () => {
        expect(mask('a secret, secretly, a sec', 'secret')).to.equal('a ***, ***ly, a sec');
    });

    it('hides a JWT that is not the secret, alone, within a word, and cut off', () => {
        expect(mask(`Bearer ${jwt}, x`, 'another secret')).to.equal('Bearer ***, x');
        expect(mask(`token=x${jwt}`, 'another secret')).to.equal('token=x***');
        expect(mask(`"${jwt.slice(0, 60)}`, '')).to.equal('"***');
    });

    it('takes a text and a secret of a megabyte in bounded time', () => {
        const begun = performance.now();

        mask(jwt.repeat(1000), jwt);
        mask(jwt, jwt.repeat(1000));
        expect(performance.now() - begun).to.be.below(5000);
    });
});
