import { createRequire } from 'node:module';
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

    it('does not have a host that is too long for Joi, or almost too long', () => {
        for (const host of ['a.'.repeat(130), 'a'.repeat(256), 'a'.repeat(210)]) {
            expect(isPlainlyValid('stop', stopConfig({ apiUri: `http://${host}` }))).to.be.false;
        }
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
});

describe('the annotations that are known without screwdriver-data-schema', () => {
    it('are those that it reserves for jobs, and nodeLabel', () => {
        expect([...BUILT_IN, ...RESERVED]).to.have.members([
            ...dataSchema.config.annotations.reservedJobAnnotations,
            'screwdriver.cd/nodeLabel'
        ]);
    });
});
