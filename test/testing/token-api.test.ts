import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { expect } from 'chai';
import { startTokenApi, type TokenApi } from 'screwdriver-executor-base/testing';
import { rejection } from '../support/executors';

interface Answer {
    status: number;
    body: { message?: string; token?: string; key?: string; statusCode?: number; status?: string };
}

describe('the token API', () => {
    // Made once: they take longer than the tests.
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
    let api: TokenApi;

    beforeEach(async () => {
        api = await startTokenApi({ keys });
    });

    afterEach(() => api.close());

    async function ask(method: string, path: string, token?: string, body?: string): Promise<Answer> {
        const response = await fetch(api.uri + path, {
            method,
            headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
            ...(body !== undefined && { body })
        });

        return { status: response.status, body: (await response.json()) as Answer['body'] };
    }

    const exchange = (token?: string, body?: string, id: number | string = 7) =>
        ask('POST', `/v4/builds/${id}/token`, token, body);

    const minutes = JSON.stringify({ buildTimeout: 90 });

    async function buildToken(id = 7): Promise<string> {
        return (await exchange(api.temporalToken(id), minutes, id)).body.token ?? '';
    }

    it('gives a build token that its key has signed and that ends with the minutes', async () => {
        const token = await buildToken();
        const { key = '' } = (await ask('GET', '/v4/auth/key')).body;
        const [header, claims = '', signature = ''] = token.split('.');
        const content = Buffer.from(`${header}.${claims}`);
        const { scope, iat, exp, username } = JSON.parse(Buffer.from(claims, 'base64url').toString());

        expect(verify('RSA-SHA256', content, createPublicKey(key), Buffer.from(signature, 'base64url'))).to.equal(true);
        expect({ scope, username, seconds: exp - iat }).to.deep.equal({ scope: ['build'], username: 7, seconds: 5400 });
    });

    const refusals: Array<[string, number, string, () => Promise<Answer>]> = [
        ['no token', 401, 'Missing authentication', () => exchange(undefined, minutes)],
        ['a token of other keys', 401, 'Invalid token', () => exchange('eyJh.eyJi.c2ln', minutes)],
        ['a token that is not a JWT', 401, 'Invalid token', () => exchange('a.b.c.d', minutes)],
        ['an expired token', 401, 'Expired token', () => exchange(api.temporalToken(7, { exp: 1 }), minutes)],
        ['bad JSON', 400, 'Invalid request payload JSON format', () => exchange(api.temporalToken(7), '{')],
        ['another scope', 403, 'Insufficient scope', () => exchange(api.temporalToken(7, { scope: 'sdapi' }), minutes)],
        ['the id zero', 400, 'Invalid request params input', () => exchange(api.temporalToken(7), minutes, 0)],
        ['a bad id', 400, 'Invalid request params input', () => exchange(api.temporalToken(7), minutes, 'x')],
        ['no body', 500, 'An internal server error occurred', () => exchange(api.temporalToken(7))],
        ['an unknown build', 404, 'Build does not exist', () => exchange(api.temporalToken(7), minutes, 8)],
        [
            "another build's token",
            404,
            'Build Id parameter and token does not match',
            () => (api.temporalToken(8), exchange(api.temporalToken(7), minutes, 8))
        ],
        [
            'minutes that are no number',
            400,
            'Invalid buildTimeout value: soon',
            () => exchange(api.temporalToken(7), '{"buildTimeout":"soon"}')
        ],
        [
            'null minutes',
            500,
            'An internal server error occurred',
            () => exchange(api.temporalToken(7), '{"buildTimeout":null}')
        ],
        ['another route', 404, 'Not Found', () => ask('DELETE', '/v4/builds/7', api.temporalToken(7))]
    ];

    for (const [name, status, message, request] of refusals) {
        it(`answers ${status} to ${name}`, async () => {
            const answer = await request();

            expect(answer.status).to.equal(status);
            expect(answer.body).to.include({ statusCode: status, message });
        });
    }

    it('refuses a token that its own key has not signed as RS256', async () => {
        const other = await startTokenApi();
        const [header, claims, signature] = api.temporalToken(7).split('.') as [string, string, string];
        const content = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}`;
        const bySameKey = sign('RSA-SHA256', Buffer.from(content), keys.privateKey).toString('base64url');

        try {
            for (const token of [
                other.temporalToken(7),
                `${header}.${claims}`,
                `${header}.${claims}.${signature}.${signature}`,
                `${content}.${bySameKey}`
            ]) {
                expect((await exchange(token, minutes)).body.message).to.equal('Invalid token');
            }
        } finally {
            await other.close();
        }
    });

    it('makes tokens that live for twelve hours, and adds their builds', () => {
        const { iat, exp } = JSON.parse(Buffer.from(api.temporalToken(9).split('.')[1]!, 'base64url').toString());

        expect(exp - iat).to.equal(12 * 60 * 60);
        expect(iat * 1000).to.be.closeTo(Date.now(), 60_000);
        expect(api.builds.get(9)).to.deep.equal({ id: 9, status: 'QUEUED' });
        api.builds.get(9)!.status = 'RUNNING';
        api.temporalToken(9);
        expect(api.builds.get(9)!.status).to.equal('RUNNING');
    });

    it('accepts a token with one of the scopes of the route', async () => {
        const token = api.temporalToken(7, { scope: ['user', 'temporal'] });

        expect((await exchange(token, minutes)).status).to.equal(200);
    });

    it('knows a build by the id 1', async () => {
        expect((await exchange(api.temporalToken(1), minutes, 1)).status).to.equal(200);
    });

    it('answers 413 to a body above one mebibyte, whether its length is announced or not, and keeps none of it', async () => {
        const announced = 'x'.repeat(2 ** 20 + 1);
        const streamed = new Blob([announced, announced]).stream();

        for (const body of [announced, streamed]) {
            const response = await fetch(`${api.uri}/v4/builds/7/token`, {
                method: 'POST',
                headers: { authorization: `Bearer ${api.temporalToken(7)}` },
                body,
                duplex: 'half'
            });

            expect(await response.json()).to.deep.equal({
                statusCode: 413,
                error: 'Request Entity Too Large',
                message: 'Payload content length greater than maximum allowed: 1048576'
            });
            expect(api.requests.at(-1)).to.include({ body: '', status: 413 });
        }
    });

    it('reads a body of one mebibyte, and says of a larger one first that its token does not count', async () => {
        const largest = JSON.stringify({ buildTimeout: 90 }).padEnd(2 ** 20);

        expect((await exchange(api.temporalToken(7), largest)).status).to.equal(200);
        expect((await exchange('eyJh.eyJi.c2ln', `${largest} `)).body.message).to.equal('Invalid token');
    });

    it('refuses the exchange for a build that runs', async () => {
        const token = api.temporalToken(7);

        api.builds.set(7, { id: 7, status: 'RUNNING' });
        expect((await exchange(token, minutes)).body.message).to.equal('Build is already running or finished.');
    });

    it('shows a build to its build token alone', async () => {
        const token = await buildToken();

        expect((await ask('GET', '/v4/builds/7', api.temporalToken(7))).status).to.equal(403);
        expect((await ask('GET', '/v4/builds/7', token)).body).to.include({ id: 7, status: 'QUEUED' });
        expect(await ask('GET', '/v4/builds/8', token)).to.deep.equal({
            status: 404,
            body: { statusCode: 404, error: 'Not Found', message: 'Build does not exist' }
        });
    });

    it('takes the status of a build from its own token, until the build has ended', async () => {
        const token = await buildToken();
        const put = (body: object, id = 7) => ask('PUT', `/v4/builds/${id}`, token, JSON.stringify(body));

        expect((await put({ status: 'RUNNING' })).body.status).to.equal('RUNNING');
        expect((await put({ status: 'RUNNING' })).body).to.include({
            statusCode: 403,
            message: 'Can not update status to RUNNING. Build Id: 7 is still running.'
        });
        expect((await put({ statusMessage: 'half way' })).status).to.equal(200);
        expect((await put({ status: 'SUCCESS' })).status).to.equal(200);
        expect((await put({ status: 'FAILURE' })).body).to.include({
            statusCode: 403,
            message: 'Can only update RUNNING, QUEUED, BLOCKED, FROZEN, or UNSTABLE builds'
        });
        expect((await put({ status: 'FAILURE' }, 8)).body.message).to.equal('Credential only valid for 7');
        expect(api.builds.get(7)).to.include({ status: 'SUCCESS', statusMessage: 'half way' });
        api.builds.delete(7);
        expect((await put({})).body).to.include({ statusCode: 404, message: 'Build 7 does not exist' });
    });

    it('takes an update of an UNSTABLE build, which stays so', async () => {
        const token = await buildToken();
        const put = (body: object) => ask('PUT', '/v4/builds/7', token, JSON.stringify(body));

        await put({ status: 'UNSTABLE' });
        expect((await put({ status: 'FAILURE', statusMessage: 'why' })).status).to.equal(200);
        expect(api.builds.get(7)).to.deep.equal({ id: 7, status: 'UNSTABLE' });
    });

    it('takes an update without a body for one that changes nothing', async () => {
        expect((await ask('PUT', '/v4/builds/7', await buildToken())).body).to.include({ id: 7, status: 'QUEUED' });
    });

    it('fails as it is told to, once for each fault', async () => {
        api.failNext(503, { status: 429, headers: { 'retry-after': '1' } }, { status: 200, body: 'as it is' }, 'reset');

        expect((await exchange(api.temporalToken(7), minutes)).status).to.equal(503);
        const limited = await fetch(`${api.uri}/v4/auth/key`);

        expect(limited.headers.get('retry-after')).to.equal('1');
        expect(limited.headers.get('content-type')).to.equal('application/json; charset=utf-8');
        expect(await limited.text()).to.equal('');
        expect(await (await fetch(`${api.uri}/v4/auth/key`)).text()).to.equal('as it is');
        expect((await rejection(fetch(`${api.uri}/v4/auth/key`))).cause.code).to.be.oneOf([
            'ECONNRESET',
            'UND_ERR_SOCKET'
        ]);
        expect((await exchange(api.temporalToken(7), minutes)).status).to.equal(200);
    });

    for (const [status, error, message] of [
        [401, 'Unauthorized', 'Unauthorized'],
        [500, 'Internal Server Error', 'An internal server error occurred'],
        [503, 'Service Unavailable', 'Service Unavailable'],
        [599, 'Unknown', 'Unknown']
    ] as const) {
        it(`fails a request with ${status} as the API does`, async () => {
            api.failNext(status);

            expect(await exchange(api.temporalToken(7), minutes)).to.deep.equal({
                status,
                body: { statusCode: status, error, message }
            });
        });
    }

    it('records requests without their tokens', async () => {
        const token = api.temporalToken(7);

        await exchange(token, minutes);
        expect(api.requests).to.have.length(1);
        expect(api.requests[0]).to.include({ method: 'POST', path: '/v4/builds/7/token', body: minutes, status: 200 });
        expect(JSON.stringify(api.requests)).to.not.contain(token.slice(-20));
    });

    it('closes with the connections that hang, twice', async () => {
        api.failNext('hang');
        const answer = rejection(fetch(`${api.uri}/v4/auth/key`));

        while (api.requests.length === 0) await new Promise(setImmediate);
        await api.close();
        await api.close();
        expect((await answer).message).to.equal('fetch failed');
        expect((await rejection(fetch(`${api.uri}/v4/auth/key`))).cause.code).to.equal('ECONNREFUSED');
    });

    it('refuses a fault that it does not know', () => {
        for (const fault of ['bogus', 0, 99, NaN, '500', null, undefined, {}, { status: 'x' }, []]) {
            expect(() => api.failNext(fault as number)).to.throw(
                TypeError,
                "failNext takes a status from 200 on, 'hang', 'reset', { status, headers, body } or { delay }, not "
            );
        }
    });
});
