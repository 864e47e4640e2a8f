import { inspect } from 'node:util';
import { expect } from 'chai';
import { buildIdFrom, ExecutorError, gracePeriodFrom, limitsFrom } from 'screwdriver-executor-base';

const CPU = { words: { LOW: 2, HIGH: '6' }, default: 2, min: 0.5, max: 12 };
const RAM = { words: { LOW: 2, HIGH: 12 }, default: '3', min: 1, max: 16 };
const limits = (annotations: Record<string, unknown>) => limitsFrom(annotations, { cpu: CPU, ram: RAM });

describe('limitsFrom', () => {
    for (const [cpu, cores] of [
        ['LOW', 2],
        ['high', 6],
        [4, 4],
        ['1.5', 1.5],
        [100, 12],
        [0.1, 0.5],
        ['NONSENSE', 2],
        ['constructor', 2],
        [0, 2],
        [-1, 2],
        [NaN, 2],
        ['', 2],
        [null, 2]
    ]) {
        it(`gives ${inspect(cores)} cores to a job that asks for ${inspect(cpu)}`, () => {
            expect(limits({ 'screwdriver.cd/cpu': cpu, 'beta.screwdriver.cd/ram': 'HIGH' })).to.deep.equal({
                cpu: cores,
                ram: 12
            });
        });
    }

    for (const [asked, shown] of [
        [{ secret: 'x' }, '[object Object]'],
        [['HIGH'], '[object Array]'],
        [true, 'true']
    ] as const) {
        it(`refuses a job that asks for ${inspect(asked)}, without quoting what it holds`, () => {
            const message = `The annotation screwdriver.cd/ram must be a word or a number, not ${shown}.`;

            expect(() => limits({ 'screwdriver.cd/cpu': 1, 'beta.screwdriver.cd/ram': asked }))
                .to.throw(ExecutorError, message)
                .that.includes({
                    code: 'EXECUTOR_ANNOTATION',
                    kind: 'configuration',
                    retryable: false,
                    userMessage: message
                });
        });
    }

    it('shows no secret that is where a word should be', () => {
        const asked = Symbol(`eyJhbGciOiJub25lIn0.${'x'.repeat(40)}.`);

        expect(() => limits({ 'screwdriver.cd/cpu': asked }))
            .to.throw(ExecutorError, 'not Symbol(***')
            .that.satisfies((error: ExecutorError) => !inspect(error).includes('xxxxxxxx'));
    });

    it('gives the defaults without annotations, and needs no words, least and most', () => {
        expect(limitsFrom(null, { cpu: { default: 1 }, ram: { default: '2' } })).to.deep.equal({ cpu: 1, ram: 2 });
        expect(limitsFrom(undefined, { cpu: { ...CPU, default: 20 }, ram: RAM })).to.deep.equal({ cpu: 12, ram: 3 });
    });

    for (const cpu of [
        undefined,
        {},
        { default: 'LOW' },
        { default: -1 },
        { default: 1, max: NaN },
        { default: 1, min: 3, max: 2 },
        { default: 1, words: { LOW: 'x' } }
    ]) {
        it(`refuses the limits ${inspect(cpu)}`, () => {
            expect(() => limitsFrom({}, { cpu: cpu as typeof CPU, ram: RAM }))
                .to.throw(ExecutorError, /^Invalid limit cpu\./)
                .that.includes({ code: 'EXECUTOR_LIMITS', kind: 'configuration', retryable: false });
        });
    }
});

describe('gracePeriodFrom', () => {
    const of = (seconds: unknown) => ({ 'screwdriver.cd/terminationGracePeriodSeconds': seconds });

    it('gives the larger of default and annotation, in whole seconds', () => {
        expect([of(10), of(90), of('90.5'), of('x'), of(-1), null].map(each => gracePeriodFrom(each))).to.deep.equal([
            60, 90, 91, 60, 60, 60
        ]);
    });

    it('gives at most the maximum', () => {
        expect(gracePeriodFrom(of(1e9), { default: '5', max: 3_600 })).to.equal(3_600);
        expect(gracePeriodFrom(of(1), { default: 0, max: null })).to.equal(1);
        expect(gracePeriodFrom({}, { default: '0' })).to.equal(0);
    });

    it('refuses a limit that is not a number', () => {
        expect(() => gracePeriodFrom({}, { default: 'long' })).to.throw(ExecutorError, 'Invalid limit default: long');
    });
});

describe('buildIdFrom', () => {
    for (const buildId of [7, '7', '07', '7.0', ' 7 ', '7e0', '+7']) {
        it(`gives one text for ${inspect(buildId)}`, () => {
            expect(buildIdFrom({ buildId })).to.equal('7');
        });
    }

    for (const buildId of [
        0,
        -7,
        7.5,
        NaN,
        Infinity,
        2 ** 53,
        '',
        ' ',
        '0x7',
        '7/../8',
        'seven',
        null,
        undefined,
        [7]
    ]) {
        it(`refuses ${inspect(buildId)}`, () => {
            expect(() => buildIdFrom({ buildId: buildId as number })).to.throw(
                TypeError,
                'config.buildId must be the id of a build'
            );
        });
    }
});
