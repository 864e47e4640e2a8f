import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import type Joi = require('joi');
import { BUILT_IN } from '../../dist/build/annotations';
import { RESERVED } from '../../dist/validation/data-schema';
import { isPlainlyValid } from '../../dist/validation/plainly-valid';
import { validate } from '../../dist/validation/schema';
import { startConfig, statusConfig, stopConfig } from '../support/configs';
import { ARRAY_ODDITIES, configs, ODDITIES } from './odd-configs';

/** From another version, if `npm run test:validation` has installed one. */
const dataSchema = createRequire(process.env.DATA_SCHEMA ?? __filename)('screwdriver-data-schema') as {
    plugins: { executor: Record<(typeof OPERATIONS)[number], Joi.Schema> };
    config: { annotations: { reservedJobAnnotations: string[] } };
};
const OPERATIONS = ['start', 'stop', 'verify', 'status'] as const;
const RUNS = Number(process.env.RUNS ?? 4_000);

/** The limits of a start config: values that pass without Joi, and values beyond, which are left to it. */
const LIMITS: Array<[path: string, plain: unknown[], left: unknown[]]> = [
    [
        'buildId',
        [1, 2 ** 53 - 1, '1', '9'.repeat(15)],
        [undefined, 0, -1, 0.5, 2 ** 53, '0', '01', ' 1', '1 ', '9'.repeat(16)]
    ],
    ['jobId', [undefined, 1, '1'], [null, 0]],
    ['eventId', [undefined, 1, '1'], [null, 0]],
    ['token', ['a'], [undefined, '', 1]],
    ['container', ['a'], [undefined, '', 1]],
    ['provider', [undefined], [{}, null]],
    ['enqueueTime', [undefined], ['2026-11-23T21:07:29.279Z', null]],
    ['annotations', [undefined, {}, { a: 1 }], [null, [], 'a']],
    ['build', [undefined, {}, new Map()], [null, [], 'a']],
    ['tokenGen', [undefined, () => {}], [null, {}]],
    ['isPR', [undefined, true, false], ['true', null]],
    ['jobArchived', [undefined, true, false], ['true', null]],
    ['blockedBy', [undefined, [], [1, '2']], [null, 1, [0], { length: 0 }]],
    ['freezeWindows', [undefined, []], [null, ['* * * * *'], { length: 0 }]],
    ['buildClusterName', [undefined, 'a', 'iOS.1-x', 'a'.repeat(50)], ['', ' a', 'a ', 'a'.repeat(51)]],
    ['causeMessage', [undefined, '', 'a\nb', 'a'.repeat(512)], ['a'.repeat(513)]],
    ['jobState', [undefined, 'ENABLED', 'DISABLED'], ['', 'enabled', ' ENABLED', 'DISABLED ']],
    [
        'jobName',
        [undefined, 'a', 'a'.repeat(90), 'PR-1:a', 'PR-1234567890:a'],
        ['', 'a b', 'a ', 'a'.repeat(91), 'PR-:a', 'PR-12345678901:a', ' PR-1:a']
    ],
    [
        'apiUri',
        ['http://a', 'https://1', 'http://A.b-1:1', 'http://a:12345/b_c/d.e-/', `http://${'a'.repeat(201)}`],
        [
            undefined,
            ' http://a',
            'http://a ',
            'httpx://a',
            'http://',
            'http://.a',
            'http://a:',
            'http://a:123456',
            'http://a/?'
        ]
    ],
    ['apiUri', [], ['http://a/b c', `http://${'a'.repeat(202)}`, 'http://a:b', 'http://a.b/:']],
    ['pipeline', [undefined], [null, {}, { id: 1 }, { scmContext: 'a:b' }]],
    ['pipeline.id', [1], [0, undefined]],
    ['pipeline.name', [undefined, null, 'a'], ['', 1]],
    ['pipeline.configPipelineId', [undefined, null, 1], [0]],
    [
        'pipeline.scmContext',
        ['a:b', `${'a'.repeat(60)}:${'b'.repeat(60)}`],
        ['a', ':b', 'a:', 'a:b:c', `${'a'.repeat(61)}:b`, `a:${'b'.repeat(61)}`]
    ],
    ['template', [undefined, {}], [null, []]],
    ['template.id', [undefined, 1], [0]],
    [
        'template.fullName',
        [undefined, 'a', 'a/b', `${'a'.repeat(30)}/${'b'.repeat(30)}`],
        ['', '/a', ' a/b', 'a b', 'a ', 'a/b/c', 'a'.repeat(31), `${'a'.repeat(31)}/b`]
    ],
    ['template.name', [undefined, 'a/b-c_d', 'a'.repeat(64)], ['', ' a', 'a ', 'a'.repeat(65)]],
    ['template.namespace', [undefined, 'a-b', 'a'.repeat(64)], ['', ' a', 'a ', 'a/b', 'a'.repeat(65)]],
    [
        'template.version',
        [undefined, '1', '1234.1234.1234', '1.2'],
        ['', ' 1', '1 ', '12345', '1.', '1.12345', '1.2.3.4', '1,2']
    ]
];

/** Joi's verdict. A config with an accessor that throws counts as not accepted. */
function joiAccepts(name: (typeof OPERATIONS)[number] | 'exchange', config: unknown): boolean {
    try {
        // data-schema is loaded: nothing is accepted without Joi.
        if (name === 'exchange') validate(name, config);
        else return !dataSchema.plugins.executor[name].validate(config).error;
    } catch {
        return false;
    }

    return true;
}

describe('a plainly valid config', () => {
    it('is every config that the real API passed', () => {
        expect(isPlainlyValid('start', startConfig())).to.be.true;
        expect(isPlainlyValid('verify', startConfig())).to.be.true;
        expect(isPlainlyValid('stop', stopConfig())).to.be.true;
        expect(isPlainlyValid('status', statusConfig())).to.be.true;
        expect(isPlainlyValid('exchange', startConfig())).to.be.true;
    });

    for (const [path, plain, left] of LIMITS) {
        it(`has limits for ${path}`, () => {
            const [key, inner] = path.split('.') as [string, string?];
            const whole = { pipeline: { id: 1, scmContext: 'a:b' }, template: {} };
            const has = (value: unknown) =>
                isPlainlyValid(
                    'start',
                    startConfig({ [key]: inner ? { ...whole[key as keyof typeof whole], [inner]: value } : value })
                );

            for (const value of plain) expect(has(value), inspect(value)).to.be.true;
            for (const value of left) expect(has(value), inspect(value)).to.be.false;
        });
    }

    for (const [oddity, made] of Object.entries(ODDITIES).filter(([name]) => !['symbol', 'frozen'].includes(name))) {
        it(`is not an odd one: ${oddity}`, () => {
            expect(isPlainlyValid('stop', made(stopConfig(), 'jobId'))).to.be.false;
        });
    }

    for (const [oddity, made] of Object.entries(ARRAY_ODDITIES)) {
        it(`does not have an odd list: ${oddity}`, () => {
            expect(isPlainlyValid('stop', stopConfig({ blockedBy: [1, 2, 3] }))).to.be.true;
            expect(isPlainlyValid('stop', stopConfig({ blockedBy: made([1, 2, 3]) }))).to.be.false;
        });
    }

    it('has no address with a port that does not exist, if it is for an exchange', () => {
        for (const [port, isPlain] of [
            ['65535', true],
            ['65536', false]
        ] as const) {
            expect(isPlainlyValid('exchange', startConfig({ apiUri: `http://localhost:${port}` }))).to.equal(isPlain);
        }
    });

    it('has a token of printable ASCII, if it is for an exchange', () => {
        for (const token of ['', 'a b', ' a', 'a\n', 'é']) {
            expect(isPlainlyValid('exchange', startConfig({ token }))).to.be.false;
        }
    });

    it('has a token and an apiUri only where they are needed', () => {
        expect(isPlainlyValid('stop', stopConfig({ token: undefined }))).to.be.true;
        expect(isPlainlyValid('status', { buildId: 1 })).to.be.true;
    });

    it('does not have a scheme in capital letters, which the schema of an exchange refuses', () => {
        expect(isPlainlyValid('exchange', startConfig({ apiUri: 'HTTP://localhost' }))).to.be.false;
    });

    it('is an exchange without options, and none with', () => {
        expect(isPlainlyValid('exchangeOptions', {})).to.be.true;
        for (const options of [{ attempts: 1 }, [], null, new Map(), { [Symbol('s')]: 1 }, Object.create({ a: 1 })]) {
            expect(isPlainlyValid('exchangeOptions', options)).to.be.false;
        }
    });

    it('runs no code of the config', () => {
        const config = new Proxy(stopConfig(), {
            get: () => expect.fail('read'),
            getOwnPropertyDescriptor: () => expect.fail('described'),
            ownKeys: () => expect.fail('listed')
        });

        expect(isPlainlyValid('stop', config)).to.be.false;
    });

    for (const name of [...OPERATIONS, 'exchange'] as const) {
        it(`is accepted by the schema of ${name}, whatever the config`, function () {
            this.timeout(0);
            const tally = { both: 0, joiOnly: 0, neither: 0 };

            fc.assert(
                fc.property(configs, config => {
                    const plainly = isPlainlyValid(name, config);
                    const joi = joiAccepts(name, config);

                    tally[plainly ? 'both' : joi ? 'joiOnly' : 'neither'] += 1;

                    return joi || !plainly;
                }),
                { numRuns: RUNS }
            );
            // Otherwise the property would prove nothing.
            for (const count of Object.values(tally)) expect(count).to.be.above(RUNS / 50);
        });
    }
});

describe('the annotations that are known without screwdriver-data-schema', () => {
    it('are those that it reserves for jobs, and nodeLabel', () => {
        expect([...BUILT_IN, ...RESERVED]).to.have.members([
            ...dataSchema.config.annotations.reservedJobAnnotations,
            'screwdriver.cd/nodeLabel'
        ]);
    });
});
