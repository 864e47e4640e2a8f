import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import * as testing from 'screwdriver-executor-base/testing';

interface Recorded {
    calls: Record<string, { types: Record<string, string> }>;
}

const { calls } = JSON.parse(readFileSync(join(__dirname, '../fixtures/real-configs.json'), 'utf8')) as Recorded;
const BUILDERS = {
    start: testing.startConfig,
    stop: testing.stopConfig,
    startTimer: testing.startTimerConfig,
    stopTimer: testing.stopTimerConfig,
    stopFrozen: testing.stopFrozenConfig
} as const;

function typeOf(value: unknown): string {
    return Object(value) === value && typeof value !== 'function' ? (value as object).constructor.name : typeof value;
}

describe('the config builders', () => {
    let api: testing.TokenApi;

    before(async () => {
        api = await testing.startTokenApi();
    });

    after(() => api.close());

    for (const [name, builder] of Object.entries({ ...BUILDERS, status: testing.statusConfig })) {
        it(`${name} without an API says what to pass`, () => {
            const build = builder as (api?: unknown) => unknown;

            for (const nothing of [undefined, null, {}, testing.startTokenApi]) {
                expect(() => build(nothing)).to.throw(TypeError, 'must be a token API, as startTokenApi() resolves');
            }
        });
    }

    for (const [operation, builder] of Object.entries(BUILDERS)) {
        it(`${operation} has the keys and types that the real API passes`, () => {
            const config = builder(api) as Record<string, unknown>;
            const types = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, typeOf(value)]));

            expect(types).to.deep.equal(calls[operation]?.types);
        });
    }

    it('make new builds, with a token for each', () => {
        const [first, second] = [testing.startConfig(api), testing.startConfig(api)];

        expect(first.buildId).to.not.equal(second.buildId);
        expect(first.token).to.not.equal(second.token);
    });

    it('status and verify take the id of a build', () => {
        expect(testing.statusConfig(api, { buildId: 7 })).to.include({ buildId: 7 });
        expect(testing.verifyConfig(api, { buildId: 7 })).to.include({ buildId: 7, container: 'node:20' });
    });

    it('start has a build with the methods of a model, and makes tokens', async () => {
        const { build, tokenGen } = testing.startConfig(api, { buildId: 7 });
        const model = build as {
            job: Promise<object>;
            update(): Promise<object>;
            toJson(): object;
        };

        expect(await model.job).to.include({ name: 'main' });
        expect(await model.update()).to.equal(build);
        expect(model.toJson()).to.include({ id: 7, eventId: 7, status: 'QUEUED' });
        const token = String(tokenGen?.(7, { isPR: true }, 'github:github.com', 5));
        const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

        expect(claims).to.deep.include({ username: 7, isPR: true, scope: ['temporal'] });
        expect(claims.exp - claims.iat).to.be.within(295, 305);
    });
});
