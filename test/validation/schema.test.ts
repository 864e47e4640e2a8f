import { inspect } from 'node:util';
import { expect } from 'chai';
import Joi = require('joi');
import { withoutValues } from '../../dist/validation/error';
import { startConfig } from '../support/configs';
import { CONFIGURED } from '../support/operations';
import { call, executorWith, rejection } from '../support/executors';
import { leaked, textsOf } from '../exchange/leaks';
import { token } from '../exchange/tokens';

const { plugins } = require('screwdriver-data-schema') as {
    plugins: { executor: Record<string, Joi.Schema> & { start: Joi.Schema } };
};

const SECRET = 'eyJhbGciOiJSUzI1NiJ9.eyJzZWNyZXQiOnRydWV9.c2VjcmV0LXNpZ25hdHVyZQ';
const TOKEN = startConfig().token;
const VALIDATED = CONFIGURED.filter(({ validated }) => validated);

/** Calls a method of an executor whose hook must not be reached. */
async function refusal(method: string, ...args: unknown[]): Promise<any> {
    let reached = false;
    const error: unknown = await rejection(
        call(executorWith({ [`_${method}`]: () => (reached = true) }), method, ...args)
    );

    expect(reached, 'the hook was called').to.equal(false);

    return error;
}

function traces(error: Error): string {
    return [inspect(error, { depth: null, showHidden: true }), JSON.stringify(error), error.stack].join('\n');
}

describe('validation', () => {
    for (const { method, config } of VALIDATED) {
        for (const bad of [undefined, null, SECRET, 12, true, [], [config], () => {}]) {
            it(`${method} rejects ${typeof bad === 'string' ? 'a string' : inspect(bad, { depth: 0 })}`, async () => {
                const error = await refusal(method, bad);

                expect(error).to.include({ name: 'ValidationError', isJoi: true });
                expect(traces(error)).to.not.include(SECRET).and.not.include(TOKEN);
            });
        }

        it(`${method} rejects a config without a required field or with a wrong one, showing no token`, async () => {
            for (const bad of [undefined, null, {}, [], Symbol('wrong'), -1, '']) {
                const error = await refusal(method, { ...config, token: SECRET, buildId: bad });

                expect(error.details[0].path).to.deep.equal(['buildId']);
                expect(traces(error)).to.not.include(SECRET);
            }
        });

        it(`${method} rejects a token of the wrong type without showing what it holds`, async () => {
            for (const bad of [{ jwt: SECRET }, [SECRET], new Map([[SECRET, SECRET]])]) {
                expect(traces(await refusal(method, { ...config, token: bad }))).to.not.include(SECRET);
            }
        });
    }

    for (const { method, config } of VALIDATED) {
        for (const token of [SECRET, TOKEN, 'a-secret-that-is-no-jwt']) {
            it(`${method} shows no token from another field, nor as a key: ${token.slice(0, 8)}…`, async () => {
                const { keys } = plugins.executor[method]!.describe() as { keys: Record<string, object> };
                let [refused, quoted] = [0, 0];

                for (const key of Object.keys(keys).filter(name => name !== 'token')) {
                    for (const value of [`main:${token}`, [token], { [token]: 1 }, { id: { [token]: token } }]) {
                        const bad: Record<string, unknown> = { ...config, token, [key]: value };
                        const executor = executorWith({ [`_${method}`]: () => {} });
                        const error: any = await call(executor, method, bad).catch((thrown: unknown) => thrown);

                        if (!error) continue;
                        refused += 1;
                        if (traces(error).includes('***')) quoted += 1;
                        expect(traces(error), key).to.not.include(token);
                        expect(error).to.include({ name: 'ValidationError', isJoi: true });
                        expect(bad[key], 'the config stays as it is').to.equal(value);
                    }
                }
                expect(refused).to.be.above(10);
                expect(quoted).to.be.above(method === 'status' ? 0 : 3);
            });
        }
    }

    it('masks another token that begins like its own', async () => {
        const [own, other] = [token(['temporal']), token(['build'])];
        const error = await refusal('start', { ...startConfig({ token: own }), jobName: `${own} ${other}` });

        expect(error.message).to.include('***');
        expect(
            leaked(
                textsOf(error),
                [own, other].map(jwt => jwt.slice(40))
            )
        ).to.deep.equal([]);
    });

    it('masks the token alone: the rest of the text, and all texts without one, are as Joi makes them', async () => {
        for (const jobName of [`main:${SECRET}`, `main:${SECRET.split('.')[2]}`]) {
            const error = await refusal('start', startConfig({ jobName, token: SECRET }));

            expect(error.message).to.match(/^"jobName" with value "main:\*\*\*" fails to match/);
            expect(error.stack).to.contain(error.message);
            expect(error.details[0]).to.deep.include({ message: error.message, path: ['jobName'] });
        }
        for (const token of [SECRET, 'name', 'no-such-word', 'a required pattern']) {
            const config = startConfig({ jobName: 'no name', eventId: 'x', token });
            const { message, details } = plugins.executor.start.validate(config).error!;
            const error = await refusal('start', config);

            expect(error.message).to.equal(message);
            expect(error.details[0]).to.deep.include({ message: details[0]!.message, path: details[0]!.path });
        }
        const error = await refusal('start', startConfig({ provider: { [SECRET]: 1 }, token: SECRET }));

        expect(error.details[0].path).to.deep.equal(['provider', '***']);
        expect(error.details[0].message).to.equal('"provider.***" is not allowed');
    });

    it('masks a stack that somebody has read before', () => {
        const config = startConfig({ jobName: `main:${SECRET}`, token: SECRET });
        const { error } = plugins.executor.start.validate(config);

        expect(error!.stack).to.include(SECRET);
        expect(withoutValues(error!, config).stack).to.not.include(SECRET);
    });

    it('masks what Joi says of each alternative, and removes their values', () => {
        const schema = Joi.alternatives(Joi.string().pattern(/^a$/), Joi.string().pattern(/^b$/));
        const error = withoutValues(schema.validate(`c ${SECRET}`).error!, undefined);
        const alternatives = error.details[0]!.context!.details as Joi.ValidationErrorItem[];

        expect(alternatives.map(({ message }) => message)).to.deep.equal(
            ['a', 'b'].map(letter => `"value" with value "c ***" fails to match the required pattern: /^${letter}$/`)
        );
        for (const { context } of alternatives) expect(context).to.not.have.property('value');
    });

    it('hides whole values that a schema puts elsewhere, and leaves them as they are', () => {
        const values = [{ inner: SECRET }, { inner: SECRET }];
        const error = withoutValues(Joi.array().unique().validate(values).error!, undefined);

        expect(traces(error)).to.not.include(SECRET);
        expect(error.details[0]!.context).to.include({ pos: 1, dupePos: 0, dupeValue: '***' });
        expect(values[0]).to.deep.equal({ inner: SECRET });
    });

    for (const { method } of CONFIGURED.filter(({ validated }) => !validated)) {
        it(`${method} takes whatever it is given`, async () => {
            const executor = executorWith({ [`_${method}`]: (given: unknown) => ({ given }) });

            for (const config of [undefined, null, 'text', { buildId: -1 }]) {
                expect(await call(executor, method, config)).to.deep.equal({ given: config });
            }
        });
    }

    it('rejects with the error as Joi makes it: name, message, path and type', async () => {
        const config = startConfig({ buildId: 'abc', token: SECRET });
        const original = plugins.executor.start.validate(config).error!;
        const error = await refusal('start', config);

        expect(error).to.be.an.instanceOf(original.constructor);
        expect(error.message).to.equal(original.message);
        expect(error.details).to.have.lengthOf(1);
        expect(error.details[0]).to.deep.include({
            message: '"buildId" must be a number',
            path: ['buildId'],
            type: 'number.base'
        });
        expect(error.details[0].context).to.deep.equal({ label: 'buildId', key: 'buildId' });
        expect(error).to.not.have.property('_original');
    });

    it('leaves no value in the details, those of alternatives included', async () => {
        const { keys } = plugins.executor.start.describe() as { keys: Record<string, object> };
        let refused = 0;

        for (const key of Object.keys(keys)) {
            for (const value of [{ inner: SECRET }, [{ inner: SECRET }], new Set([SECRET]), [[SECRET, SECRET]]]) {
                try {
                    await call(executorWith({ _start: () => {} }), 'start', startConfig({ [key]: value }));
                } catch (error) {
                    refused += 1;
                    expect(inspect(error, { depth: null, showHidden: true }), key).to.not.include(SECRET);
                }
            }
        }
        expect(refused).to.be.above(50);
    });

    for (const [how, value] of Object.entries({
        'at any depth': { a: { b: { c: { d: SECRET } } } },
        'in a hidden property': Object.defineProperty({}, 'jwt', { value: SECRET }),
        'behind an inspection of its own': { jwt: SECRET, [inspect.custom]: () => 'nothing' },
        'at the end of a long list': { list: [...new Array<number>(200).fill(0), SECRET] },
        'at the end of a long text': { text: 'x '.repeat(10_000) + SECRET }
    })) {
        it(`hides a value that has a token ${how}`, () => {
            const error = withoutValues(Joi.array().unique().validate([value, value]).error!, undefined);

            expect(error.details[0]!.context).to.include({ dupeValue: '***' });
        });
    }

    it('masks a token of eight characters, but none that is shorter: it may be a word', async () => {
        for (const [token, shown] of [
            ['password', '***'],
            ['passwor', 'passwor']
        ] as const) {
            const { message } = await refusal('start', startConfig({ jobName: `a ${token}`, token }));

            expect(message).to.contain(`"jobName" with value "a ${shown}"`);
        }
    });

    it('keeps what else Joi says in the details', async () => {
        const error = await refusal('start', startConfig({ jobName: 'no name', causeMessage: 1 }));

        expect(error.details[0].context).to.deep.equal({ label: 'causeMessage', key: 'causeMessage' });
        const { context } = (await refusal('start', startConfig({ jobName: 'no name' }))).details[0];

        expect(context).to.have.all.keys('name', 'regex', 'label', 'key');
    });

    it('stop is validated by its own schema: unlike status it needs an apiUri', async () => {
        const error = await refusal('stop', { buildId: 1 });

        expect(error.details[0].path).to.deep.equal(['apiUri']);
        expect(await call(executorWith({ _status: () => 'ok' }), 'status', { buildId: 1 })).to.equal('ok');
    });

    it('start with a function alone is a config that does not fit, not a callback', async () => {
        let called = false;

        await refusal('start', () => (called = true));
        expect(called).to.equal(false);
    });

    it('lets a hook run only after the public method has returned', async () => {
        let returned = false;
        const executor = executorWith({ _start: () => returned });
        const promise = executor.start(startConfig());

        returned = true;
        expect(await promise).to.equal(true);
    });
});
