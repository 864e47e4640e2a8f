import { expect } from 'chai';
import fc from 'fast-check';
import type Joi = require('joi');
import { isPlainlyValid } from '../../dist/validation/plainly-valid';
import { startConfig, statusConfig, stopConfig } from '../support/configs';

const dataSchema = require('screwdriver-data-schema') as { plugins: { executor: Record<string, Joi.Schema> } };
const OPERATIONS = ['start', 'stop', 'verify', 'status'] as const;
const RUNS = Number(process.env.RUNS ?? 2_000);

/** Values that stand close to where Joi draws a line, on either side. */
const EDGES: unknown[] = [
    ...[undefined, null, true, false, NaN, Infinity, -1, -0, 0, 0.5, 1, 2 ** 53 - 1, 2 ** 53],
    ...[
        '',
        ' ',
        '0',
        '1',
        '01',
        '+1',
        '1e3',
        '0x1',
        ' 1',
        '1.0',
        '9'.repeat(15),
        '9'.repeat(16),
        'true',
        'yes',
        '{}',
        '[]'
    ],
    ...[
        'main',
        'PR-1:main',
        'PR-:main',
        'stage@a:setup',
        'a b',
        'main\n',
        'a'.repeat(90),
        'a'.repeat(111),
        'é',
        '\u{1F600}'
    ],
    ...[
        'ENABLED',
        'enabled',
        'DISABLED',
        'ENABLED\n',
        'iOS.1',
        'a/b',
        'a/b/c',
        'a:b',
        'a:b:c',
        ':b',
        '1.2.3',
        '1.2.3.4',
        '1.'
    ],
    ...[
        'http://a',
        'https://a.b:80/c',
        'http://a:123456',
        'http://',
        'http:a',
        'ftp://a',
        'http://a b',
        'http://a?b',
        'http://[::1]'
    ],
    ...[
        'http://a/%',
        'http://a/%20',
        'http://..',
        'http://1.2.3.4.5',
        'http://a//b',
        'HTTP://A',
        'http://a\n',
        'http://ü',
        'http://a/ü'
    ],
    ...['2026-11-23T21:07:29.279Z', '2026-02-31T00:00:00Z', '* * * * *', 'H 1 * * *'],
    ...[[], [1], ['1'], [0], [undefined], [[1]], ['* * * * *'], Object.assign([1], { extra: 1 }), new Array(2)],
    ...[
        {},
        { a: 1 },
        { id: 1 },
        { id: 1, scmContext: 'a:b' },
        { id: 1, scmContext: 'a:b', name: null },
        { id: 0, scmContext: 'a:b' }
    ],
    ...[
        { id: '1', scmContext: 'a:b', configPipelineId: null },
        { name: 'aws' },
        { name: 'a/b', version: '1.2.3' },
        { version: 'x' }
    ],
    ...[
        () => {},
        class {},
        Symbol('s'),
        1n,
        new Date(),
        new Date(NaN),
        /a/,
        new Map(),
        Buffer.from('a'),
        new Number(1),
        new String('a')
    ],
    ...[new Proxy({}, {}), new Proxy([], {}), new Proxy(() => {}, {}), Object.create(null), Object.freeze({ id: 1 })]
];

const values = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...EDGES) },
    {
        weight: 2,
        arbitrary: fc.anything({ withNullPrototype: true, withDate: true, withMap: true, withSparseArray: true })
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 1, arbitrary: fc.webUrl({ withFragments: true, withQueryParameters: true }) },
    { weight: 1, arbitrary: fc.integer() }
);

const REQUIRED = new Set(['buildId', 'container', 'apiUri', 'token']);

const REAL: Record<string, unknown> = {
    ...stopConfig(),
    ...startConfig(),
    buildClusterName: 'iOS',
    enqueueTime: undefined,
    prNum: 3,
    prParentJobId: undefined,
    provider: undefined,
    template: { id: 1, fullName: 'node/npm-install', name: 'npm-install', namespace: 'node', version: '1.2.3' },
    somethingElse: 1
};

/** What can be odd about an object beside the values of its keys. */
const ODDITIES: Record<string, (config: any, key: string) => unknown> = {
    class: config => Object.assign(new (class Config {})(), config),
    proxy: config => new Proxy(config, {}),
    'proxy that lies': (config, key) => new Proxy(config, { get: (target, name) => (name === key ? 0 : target[name]) }),
    'no prototype': config => Object.assign(Object.create(null), config),
    inherited: config => Object.create(config),
    'inherited key': (config, key) => {
        const { [key]: value, ...rest } = config;

        return Object.setPrototypeOf(rest, { [key]: value });
    },
    getter: (config, key) => Object.defineProperty({ ...config }, key, { enumerable: true, get: () => config[key] }),
    'getter that throws': (config, key) =>
        Object.defineProperty({ ...config }, key, {
            enumerable: true,
            get: () => {
                throw new Error('read');
            }
        }),
    hidden: (config, key) => Object.defineProperty({ ...config }, key, { enumerable: false }),
    '__proto__ key': (config, key) =>
        Object.defineProperty({ ...config }, '__proto__', { enumerable: true, value: { [key]: 0 } }),
    symbol: config => ({ ...config, [Symbol('s')]: 1 }),
    frozen: config => Object.freeze(config),
    array: config => Object.assign([], config)
};

/** What the real API passes with up to three keys changed, up to six left out, and now and then something odd. */
const configs = fc
    .record({
        changed: fc.dictionary(fc.constantFrom(...Object.keys(REAL)), values, { maxKeys: 3 }),
        omitted: fc.array(fc.constantFrom(...Object.keys(REAL)), { maxLength: 6 }),
        key: fc.constantFrom(...Object.keys(REAL)),
        oddity: fc.option(fc.constantFrom(...Object.keys(ODDITIES)), { freq: 4 })
    })
    .map(({ changed, omitted, key, oddity }) => {
        const left = Object.entries(REAL).filter(([name]) => REQUIRED.has(name) || !omitted.includes(name));
        const config = { ...Object.fromEntries(left), ...changed };

        return oddity ? ODDITIES[oddity]!(config, key) : config;
    });

/** Joi's own verdict; a config whose accessor throws is not accepted. */
function joiAccepts(operation: string, config: unknown): boolean {
    try {
        return !dataSchema.plugins.executor[operation]!.validate(config).error;
    } catch {
        return false;
    }
}

describe('what is plainly valid', () => {
    for (const operation of OPERATIONS) {
        it(`is accepted by the schema of ${operation}, whatever the config`, function () {
            this.timeout(0);
            const tally = { both: 0, joiOnly: 0, neither: 0 };

            fc.assert(
                fc.property(fc.oneof({ weight: 50, arbitrary: configs }, fc.anything()), config => {
                    const plainly = isPlainlyValid(operation, config);
                    const joi = joiAccepts(operation, config);

                    tally[plainly ? 'both' : joi ? 'joiOnly' : 'neither'] += 1;

                    return joi || !plainly;
                }),
                { numRuns: RUNS }
            );
            // Otherwise the property would say nothing.
            for (const count of Object.values(tally)) expect(count).to.be.above(RUNS / 50);
        });
    }

    it('is every config that the real API passed', () => {
        expect(isPlainlyValid('start', startConfig())).to.be.true;
        expect(isPlainlyValid('verify', startConfig())).to.be.true;
        expect(isPlainlyValid('stop', stopConfig())).to.be.true;
        expect(isPlainlyValid('status', statusConfig())).to.be.true;
        expect(isPlainlyValid('exchange', startConfig())).to.be.true;
    });

    it('is a pipeline whose name and configuration pipeline are there, null or missing', () => {
        const pipeline = { id: 1, scmContext: 'github:github.com' };

        for (const name of ['a/b', null, undefined]) {
            for (const configPipelineId of [7, null, undefined]) {
                const config = startConfig({ pipeline: { ...pipeline, name, configPipelineId } });

                expect(isPlainlyValid('start', config)).to.be.true;
            }
        }
        expect(isPlainlyValid('start', startConfig({ pipeline: { ...pipeline, name: '' } }))).to.be.false;
    });

    for (const [oddity, made] of Object.entries(ODDITIES).filter(([name]) => !['symbol', 'frozen'].includes(name))) {
        it(`is no config that is odd: ${oddity}`, () => {
            expect(isPlainlyValid('stop', made(stopConfig(), 'jobId'))).to.be.false;
        });
    }

    it('runs no code of the config', () => {
        const config = new Proxy(stopConfig(), {
            get: () => expect.fail('read'),
            getOwnPropertyDescriptor: () => expect.fail('described'),
            ownKeys: () => expect.fail('listed')
        });

        expect(isPlainlyValid('stop', config)).to.be.false;
    });
});
