import { inspect } from 'node:util';
import { expect } from 'chai';
import Executor = require('screwdriver-executor-base');
import { ENGINE_ANNOTATIONS } from 'screwdriver-executor-base/conformance';
import { runNode } from '../support/child';
import { BareExecutor } from '../support/executors';

const parse = (annotations: unknown) => new BareExecutor().parseAnnotations(annotations as Executor.Annotations);

describe('parseAnnotations', () => {
    it('knows every annotation of 11.1.0, by its short name', () => {
        const names = ['cpu', 'ram', 'disk', 'diskSpeed', 'timeout', 'executor', 'buildPeriodically', 'repoManifest']
            .concat(['dockerEnabled', 'dockerCpu', 'dockerRam', 'rootlessBuildkitEnabled', 'buildkitCpu'])
            .concat(['buildkitRam', 'nodeLabel', 'terminationGracePeriodSeconds']);
        const expected = Object.fromEntries(names.map(name => [name, `of ${name}`]));

        for (const prefix of ['screwdriver.cd/', 'beta.screwdriver.cd/']) {
            const annotations = Object.fromEntries(names.map(name => [prefix + name, `of ${name}`]));

            expect(parse(annotations)).to.deep.equal(expected);
        }
    });

    it('knows every annotation of the conformance kit', () => {
        const annotations = Object.fromEntries(ENGINE_ANNOTATIONS.map(name => [`screwdriver.cd/${name}`, name]));

        expect(Object.keys(parse(annotations))).to.have.members(ENGINE_ANNOTATIONS);
    });

    it('knows every annotation that screwdriver-data-schema reserves for jobs', () => {
        const { config } = require('screwdriver-data-schema') as {
            config: { annotations: { reservedJobAnnotations: string[] } };
        };
        const reserved = config.annotations.reservedJobAnnotations;
        const parsed = parse(Object.fromEntries(reserved.map(key => [key, key])));

        expect(reserved).to.have.lengthOf.above(16);
        expect(Object.values(parsed)).to.have.members(reserved);
        expect(Object.keys(parsed)).to.have.members(reserved.map(key => key.slice('screwdriver.cd/'.length)));
    });

    it('leaves out all others', () => {
        const annotations = {
            cpu: 1,
            'screwdriver.cd/': 1,
            'screwdriver.cd/nothing': 1,
            'Screwdriver.cd/cpu': 1,
            'example.com/screwdriver.cd/cpu': 1,
            'alpha.screwdriver.cd/cpu': 1,
            'beta.beta.screwdriver.cd/cpu': 1,
            'screwdriver.cd/beta.cpu': 1,
            'betaXscrewdriver.cd/cpu': 1,
            ' screwdriver.cd/cpu': 1
        };

        expect(parse(annotations)).to.deep.equal({});
    });

    it('prefers the later of a key and its beta form, for every annotation and whatever the values', () => {
        const { config } = require('screwdriver-data-schema') as {
            config: { annotations: { reservedJobAnnotations: string[] } };
        };

        for (const key of [...config.annotations.reservedJobAnnotations, 'screwdriver.cd/nodeLabel']) {
            const name = key.slice('screwdriver.cd/'.length);

            for (const later of ['LOW', '', null, undefined]) {
                expect(parse({ [key]: 'HIGH', [`beta.${key}`]: later })).to.deep.equal({ [name]: later });
                expect(parse({ [`beta.${key}`]: 'HIGH', [key]: later })).to.deep.equal({ [name]: later });
            }
        }
    });

    it('leaves values and the annotations themselves untouched', () => {
        const value = { nested: ['HIGH'] };
        const annotations = Object.freeze({
            'screwdriver.cd/cpu': value,
            'screwdriver.cd/ram': ' 12 ',
            'screwdriver.cd/timeout': 0,
            'screwdriver.cd/dockerEnabled': false,
            'screwdriver.cd/executor': null
        });
        const parsed = parse(annotations);

        expect(parsed).to.deep.equal({ cpu: value, ram: ' 12 ', timeout: 0, dockerEnabled: false, executor: null });
        expect(parsed.cpu).to.equal(value);
    });

    for (const nothing of [undefined, null, {}, [], '', 'text', 12, true]) {
        it(`gives an empty object for ${JSON.stringify(nothing) ?? 'undefined'}`, () => {
            expect(parse(nothing)).to.deep.equal({});
        });
    }

    it('gives a plain object, a fresh one each time', () => {
        const annotations = { 'screwdriver.cd/cpu': 'HIGH' };

        expect(Object.getPrototypeOf(parse(annotations))).to.equal(Object.prototype);
        expect(parse(annotations)).to.not.equal(parse(annotations));
    });

    it('ignores hostile keys', () => {
        const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
        const hostile = JSON.parse(
            `{${names.flatMap(name => ['', 'beta.', 'screwdriver.cd/', 'beta.screwdriver.cd/'].map(prefix => `"${prefix}${name}":{"polluted":true}`)).join()}}`
        ) as object;
        const parsed = parse(hostile);

        expect(Object.keys(hostile)).to.have.lengthOf(24);
        expect(Reflect.ownKeys(parsed)).to.deep.equal([]);
        expect(Object.getPrototypeOf(parsed)).to.equal(Object.prototype);
        expect({}).to.not.have.property('polluted');
    });

    it('reads own keys only', () => {
        expect(parse(Object.create({ 'screwdriver.cd/cpu': 'HIGH' }))).to.deep.equal({});
    });

    it('treats a data-schema without such a list as one that reserves none', async () => {
        for (const without of ['{}', '{ config: {} }', '{ config: { annotations: {} } }']) {
            const { stdout, stderr } = await runNode(`
                require.cache[require.resolve('screwdriver-data-schema')] = { loaded: true, exports: ${without} };
                const Executor = require('screwdriver-executor-base');

                console.log(JSON.stringify(new Executor().parseAnnotations({
                    'screwdriver.cd/brandNew': 1, 'screwdriver.cd/cpu': 'HIGH'
                })));
            `);

            expect(stderr).to.equal('');
            expect(JSON.parse(stdout)).to.deep.equal({ cpu: 'HIGH' });
        }
    });

    it('knows an annotation that a newer data-schema reserves', async () => {
        const { stdout } = await runNode(`
            const schema = require('screwdriver-data-schema');
            schema.config.annotations.reservedJobAnnotations.push('screwdriver.cd/brandNew');
            const Executor = require('screwdriver-executor-base');

            console.log(JSON.stringify(new Executor().parseAnnotations({ 'beta.screwdriver.cd/brandNew': 1 })));
        `);

        expect(JSON.parse(stdout)).to.deep.equal({ brandNew: 1 });
    });
});

describe('buildTimeoutFrom', () => {
    const { buildTimeoutFrom } = Executor;
    const timeout = (value: unknown, options?: Executor.BuildTimeoutOptions | null) =>
        buildTimeoutFrom({ 'screwdriver.cd/timeout': value }, options);

    for (const [value, minutes] of [
        [45, 45],
        ['45', 45],
        [' 45 ', 45],
        [0.5, 0.5],
        ['1e2', 100]
    ] as const) {
        it(`gives ${minutes} for ${JSON.stringify(value)}`, () => {
            expect(timeout(value)).to.equal(minutes);
        });
    }

    for (const nonsense of [0, -5, '-5', NaN, Infinity, 'Infinity', '', ' ', 'abc', '45m', null, undefined, true]) {
        it(`gives the default for ${typeof nonsense} ${JSON.stringify(String(nonsense))}`, () => {
            expect(timeout(nonsense)).to.equal(90);
            expect(timeout(nonsense, { default: 60 })).to.equal(60);
        });
    }

    for (const nonsense of [{}, [], [45], { valueOf: () => 45 }, () => 45, 45n, new Date()]) {
        it(`gives the default for ${Object.prototype.toString.call(nonsense)}`, () => {
            expect(timeout(nonsense)).to.equal(90);
        });
    }

    it('gives at most the maximum, the default included', () => {
        expect(timeout(500, { max: 120 })).to.equal(120);
        expect(timeout('500', { max: 120 })).to.equal(120);
        expect(timeout(100, { max: 120 })).to.equal(100);
        expect(timeout(undefined, { max: 60 })).to.equal(60);
        expect(timeout(undefined, { default: 200, max: 120 })).to.equal(120);
    });

    it('accepts limits from configuration: numeric strings, nothing, no limit', () => {
        expect(timeout(500, { default: '60', max: '120' })).to.equal(120);
        expect(timeout(undefined, { default: '60' })).to.equal(60);
        for (const nothing of [null, undefined]) {
            expect(timeout(undefined, { default: nothing, max: nothing })).to.equal(90);
            expect(timeout(500, { max: nothing })).to.equal(500);
            expect(timeout(500, nothing)).to.equal(500);
        }
        expect(timeout(500, { max: Infinity })).to.equal(500);
    });

    for (const wrong of ['2h', 'abc', '', -1, '-1', 0, NaN, '0', true, {}, ['120'], 120n, Symbol('120')]) {
        for (const name of ['default', 'max']) {
            it(`refuses ${typeof wrong} ${inspect(wrong)} as ${name}, whatever the build asks for`, () => {
                for (const asked of [45, undefined]) {
                    expect(() => timeout(asked, { [name]: wrong }))
                        .to.throw(`Invalid ${name} of buildTimeoutFrom: `)
                        .that.includes({
                            name: 'ExecutorError',
                            code: 'EXECUTOR_BUILD_TIMEOUT',
                            kind: 'configuration'
                        });
                }
            });
        }
    }

    it('says what a limit is and what it must be, and shows no token', () => {
        expect(() => timeout(45, { max: '2h' })).to.throw(
            'Invalid max of buildTimeoutFrom: 2h. It must be a number of minutes above zero'
        );
        expect(() => timeout(45, { max: 'eyJhbGciOi.eyJzZWNyZXQi.c2lnbmF0dXJl' })).to.throw(
            'buildTimeoutFrom: ***. It'
        );
    });

    it('reads the beta annotation, and gives the default without annotations', () => {
        expect(buildTimeoutFrom({ 'beta.screwdriver.cd/timeout': '45' })).to.equal(45);
        expect(buildTimeoutFrom({ 'screwdriver.cd/timeout': 60, 'beta.screwdriver.cd/timeout': 45 })).to.equal(45);
        expect(buildTimeoutFrom({})).to.equal(90);
        expect(buildTimeoutFrom(null)).to.equal(90);
        expect(buildTimeoutFrom(undefined, { default: 10 })).to.equal(10);
    });
});
