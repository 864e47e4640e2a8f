import { inspect } from 'node:util';
import { expect } from 'chai';
import { startTokenApi, type TokenApi } from 'screwdriver-executor-base/testing';
import { startConfig } from '../support/configs';
import { BareExecutor, call, rejection } from '../support/executors';

describe('the config of an exchange', () => {
    let api: TokenApi;
    let token: string;
    const exchange = (config: unknown, ...rest: unknown[]) =>
        call(new BareExecutor(), 'exchangeTokenForBuild', config, ...rest);
    const config = (overrides: object = {}) => ({ token, apiUri: api.uri, buildId: 7, ...overrides });

    before(async () => {
        api = await startTokenApi();
        token = api.temporalToken(7);
    });

    afterEach(() => {
        expect(api.requests.splice(0), 'requests made').to.deep.equal([]);
    });

    after(() => api.close());

    for (const [what, overrides] of Object.entries({
        'a build id that climbs': { buildId: '../../x' },
        'a build id with a path': { buildId: '7/../8' },
        'a build id with a query': { buildId: '7?x=' },
        'no build id': { buildId: undefined },
        'a build id of zero': { buildId: 0 },
        'a fractional build id': { buildId: 1.5 },
        'a file URI': { apiUri: 'file:///etc/passwd' },
        'an apiUri that is not a URI': { apiUri: 'api' },
        'an empty apiUri': { apiUri: '' },
        'an apiUri without a host': { apiUri: 'http://' },
        'an invalid port': { apiUri: 'http://127.0.0.1:99999' },
        'no apiUri': { apiUri: undefined },
        'an empty token': { token: '' },
        'a token with a newline': { token: 'a\r\nx-injected: 1' },
        'a token that ends in a newline': { token: 'abc\n' },
        'a token that is not a string': { token: { a: 1 } },
        'no token': { token: undefined }
    })) {
        it(`rejects ${what} with a ValidationError`, async () => {
            const error = await rejection(exchange(config(overrides), 90));

            expect(error).to.include({ name: 'ValidationError', isJoi: true });
            expect(error.details[0].path).to.deep.equal([Object.keys(overrides)[0]]);
            expect(inspect(error, { depth: null, showHidden: true })).to.not.include(token);
        });
    }

    for (const suffix of ['?', '#', '?a=b', '#a', '/?', '/#/']) {
        it(`rejects an apiUri that ends in ${suffix}: the path would be lost`, async () => {
            expect(await rejection(exchange(config({ apiUri: api.uri + suffix })))).to.include({
                message: '"apiUri" must be a URI without credentials, query or fragment'
            });
        });
    }

    for (const [overrides, message] of [
        [{ token: 'a b' }, '"token" must be a JWT: printable ASCII without spaces or line breaks'],
        [{ apiUri: 'ftp://a' }, '"apiUri" must be a valid uri with a scheme matching the http|https pattern'],
        [{ buildId: 0 }, '"buildId" must be a positive number'],
        [{ buildId: 1.5 }, '"buildId" must be an integer']
    ] as const) {
        it(`says what is wrong: ${message}`, async () => {
            expect(await rejection(exchange(config(overrides)))).to.include({ message });
        });
    }

    it('rejects an apiUri with credentials without showing them', async () => {
        const error = await rejection(exchange(config({ apiUri: 'http://user:pass-word@127.0.0.1:1' })));

        expect(error).to.include({ name: 'ValidationError' });
        expect(inspect(error, { depth: null, showHidden: true })).to.not.include('pass-word');
    });

    for (const bad of [undefined, null, 12, true, [], () => {}]) {
        it(`rejects ${inspect(bad)} in place of the config`, async () => {
            const error = await rejection(exchange(bad));

            expect(error).to.include({ name: 'ValidationError' });
            expect(error.message).to.match(/^"config" /);
        });
    }

    it('shows no token of a whole start config in an error', async () => {
        const whole = startConfig({ token, apiUri: 'nowhere' });
        const error = await rejection(exchange(whole));

        expect(inspect(error, { depth: null, showHidden: true }) + JSON.stringify(error)).to.not.include(token);
    });
});
