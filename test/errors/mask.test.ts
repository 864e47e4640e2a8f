import { expect } from 'chai';
import { array, assert, boolean, constantFrom, integer, nat, oneof, property, string, tuple } from 'fast-check';
import { withoutSecrets } from 'screwdriver-executor-base';
import { leaked } from '../exchange/leaks';
import { token } from '../exchange/tokens';

/** Few letters, so that the secret contains repetitions and the text around it is similar. */
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

                expect(leaked([withoutSecrets(text, secret)], [secret])).to.deep.equal([]);
            }),
            { numRuns: 2000 }
        );
    });

    it('changes nothing if there is nothing to hide', () => {
        assert(
            property(secrets, innocent, (secret, text) => {
                expect(withoutSecrets(text, secret)).to.equal(text);
            })
        );
    });

    it('keeps the text around the secret', () => {
        assert(
            property(secrets, innocent, innocent, (secret, before, after) => {
                expect(withoutSecrets(`${before}${secret}${after}`, secret)).to.equal(`${before}***${after}`);
            })
        );
    });

    it('hides a secret shorter than eight characters as a whole', () => {
        expect(withoutSecrets('a secret, secretly, a sec', 'secret')).to.equal('a ***, ***ly, a sec');
    });

    it('hides a JWT that is not the secret, alone, within a word, and cut off', () => {
        expect(withoutSecrets(`Bearer ${jwt}, x`, 'another secret')).to.equal('Bearer ***, x');
        expect(withoutSecrets(`token=x${jwt}`, 'another secret')).to.equal('token=x***');
        expect(withoutSecrets(`"${jwt.slice(0, 60)}`, '')).to.equal('"***');
    });

    /** As mail and PEM fold, or as a program that breaks lines at random. Escapes stand in JSON. */
    const folded = (text: string) =>
        tuple(
            constantFrom('', '\n', '\r\n', '\\n', '\\r\\n'),
            array(integer({ min: 20, max: 90 }), { minLength: 1 })
        ).map(([fold, widths]) => {
            const lines: string[] = [];

            for (let rest = text; rest !== ''; rest = rest.slice(lines.at(-1)!.length)) {
                lines.push(rest.slice(0, widths[lines.length % widths.length]));
            }

            return lines.join(fold);
        });
    const forms: Array<[string, (secret: string) => string]> = [
        ['as it is', secret => secret],
        ...[0, 1, 2].flatMap(offset =>
            (['base64', 'base64url'] as const).map((encoding): [string, (secret: string) => string] => [
                `in ${encoding} at offset ${offset}`,
                secret => Buffer.from(`${'user:'.slice(0, 3 + offset)}${secret}!`).toString(encoding)
            ])
        )
    ];
    /** Line breaks aside, nothing of eight characters may be left. */
    const leakedUnfolded = (text: string, secret: string) => leaked([text.replace(/(\\r)?\\n|\r?\n/g, '')], [secret]);

    for (const [form, encode] of forms) {
        it(`hides the known token ${form}, folded or not, wherever another of the same API stands`, () => {
            const [known, other] = [token(['temporal']), token(['build'])];
            const encoded = encode(known);
            // What a neighbour's bits are in is not the token's alone.
            const certain = encoded.slice(8, -4);

            assert(
                property(folded(encoded), innocent, innocent, boolean(), (text, before, after, isFirst) => {
                    const [one, two] = isFirst ? [text, other] : [other, text];
                    const masked = withoutSecrets(`${before} ${one} ${after} ${two} ${before}`, known);

                    expect(leakedUnfolded(masked, certain)).to.deep.equal([]);
                    expect(leaked([masked], [other])).to.deep.equal([]);
                    expect(masked.startsWith(`${before} `)).to.equal(true);
                    expect(masked.endsWith(` ${before}`)).to.equal(true);
                })
            );
        });
    }

    it('hides a JWT that it does not know, folded or not, whatever token it knows', () => {
        const [known, other] = [token(['temporal']), token(['build'])];

        assert(
            property(folded(other), innocent, constantFrom('', known, 'opaque-token'), (text, around, secret) => {
                const masked = withoutSecrets(`${around} ${text} ${around}`, secret);

                expect(leakedUnfolded(masked, other)).to.deep.equal([]);
                expect(masked).to.equal(`${around} *** ${around}`);
            })
        );
    });

    it('keeps line breaks if nothing is folded', () => {
        const text = `Error: refused\n    at connect\nC:\\new\n${'x'.repeat(40)}\nend`;

        expect(withoutSecrets(text, jwt)).to.equal(text);
        expect(withoutSecrets(`Bearer ${jwt}\n    at connect`, jwt)).to.equal('Bearer ***\n    at connect');
    });

    for (const [what, text] of Object.entries({
        letters: 'a'.repeat(5e6),
        'starts of a JWT': 'eyJ'.repeat(1.6e6),
        'starts of a JWT with dots': 'eyJ.'.repeat(1.2e6),
        backslashes: '\\'.repeat(5e6),
        'line breaks': 'aaaaaaaaaaaaaaaaaaaaaaaa\n'.repeat(2e5)
    })) {
        it(`takes five megabytes of ${what} in bounded time, and not in its square`, function () {
            this.timeout(60_000);
            const begun = performance.now();

            withoutSecrets(text, jwt);
            expect(performance.now() - begun).to.be.below(30_000);
        });
    }

    it('takes a text and a secret of a megabyte in bounded time', function () {
        this.timeout(60_000);
        const begun = performance.now();

        withoutSecrets(jwt.repeat(1000), jwt);
        withoutSecrets(jwt, jwt.repeat(1000));
        expect(performance.now() - begun).to.be.below(30_000);
    });
});
