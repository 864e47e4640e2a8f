import assert = require('node:assert/strict');
import { inspect } from 'node:util';
import { newExecutor } from '../lib/base';
import { ask } from '../lib/client';
import { SpoilingProxy } from '../lib/spoiling-proxy';
import { temporalToken } from '../lib/tokens';
import type { KeyLike, KeyObject } from 'node:crypto';
import type { ExchangeConfig, ExchangeOptions } from '../../../dist/executor';
import type { Given } from '../lib/given';

/** What makes the API refuse a request. */
interface How {
    claims?: object;
    /** Signs the token. */
    key?: KeyLike;
    /** The build's status. */
    status?: string;
    /** The requested id, computed from the build's own. */
    id?: (own: number) => number;
    /** How the proxy changes the request. */
    spoil?: SpoilingProxy['spoil'];
}

type Refusal = [what: string, status: number, text: string, code: string, how: How];

const UNAUTHENTICATED = 'EXECUTOR_EXCHANGE_UNAUTHENTICATED';
const FORBIDDEN = 'EXECUTOR_EXCHANGE_FORBIDDEN';
const NOT_FOUND = 'EXECUTOR_EXCHANGE_NOT_FOUND';
const REJECTED = 'EXECUTOR_EXCHANGE_REJECTED';
const SERVER = 'EXECUTOR_EXCHANGE_SERVER';
const RATE_LIMITED = 'EXECUTOR_EXCHANGE_RATE_LIMITED';

/** Each error of the token route, a part of its message, and the code that the base assigns. */
function rows(otherKey: KeyObject): Refusal[] {
    const body = (text: string): How => ({ spoil: () => ({ body: text }) });
    const minutes = (value: unknown) => body(JSON.stringify({ buildTimeout: value }));

    return [
        ['no token', 401, 'Missing authentication', UNAUTHENTICATED, { spoil: () => ({ headers: {} }) }],
        ['a token with a foreign key', 401, 'Invalid token', UNAUTHENTICATED, { key: otherKey }],
        ['an expired token', 401, 'Expired token', UNAUTHENTICATED, { claims: { exp: 1_700_000_000 } }],
        ['a token without a scope', 403, 'Insufficient scope', FORBIDDEN, { claims: { scope: [] } }],
        ['JSON that is none', 400, 'Invalid request payload JSON format', REJECTED, body('{"buildTimeout":')],
        ['an invalid id', 400, 'id', REJECTED, { spoil: () => ({ path: '/v4/builds/seven/token' }) }],
        ['no body', 500, 'internal server error', SERVER, body('')],
        ['a build that does not exist', 404, 'Build does not exist', NOT_FOUND, { id: () => 987_654 }],
        ['the id of another build', 404, 'does not match', NOT_FOUND, { id: id => id - 1 }],
        ['minutes that are not a number', 400, 'Invalid buildTimeout value: soon', REJECTED, minutes('soon')],
        ['minutes that are null', 500, 'internal server error', SERVER, minutes(null)],
        ['minutes that are empty', 500, 'internal server error', SERVER, minutes('')],
        ['minutes that are true', 500, 'internal server error', SERVER, minutes(true)],
        ['a RUNNING build', 403, 'already running or finished', FORBIDDEN, { status: 'RUNNING' }],
        ['a FROZEN build', 403, 'already running or finished', FORBIDDEN, { status: 'FROZEN' }],
        ['a CREATED build', 403, 'already running or finished', FORBIDDEN, { status: 'CREATED' }],
        ['a build that is a SUCCESS', 403, 'already running or finished', FORBIDDEN, { status: 'SUCCESS' }]
    ];
}

/** What the API refuses, and the error that programs get. */
export async function checkExchangeErrors({ report, api, records, otherKey, rateLimit }: Given): Promise<void> {
    const executor = newExecutor();
    const pipeline = await records.pipeline({ begin: {} });
    const jobId = pipeline.jobIds.begin;
    const proxy = await SpoilingProxy.open(api);

    async function configOf({ status = 'QUEUED', claims, key = api.privateKey, id = own => own }: How) {
        const eventId = await records.event(pipeline, [['~commit', 'begin']]);
        const buildId = await records.build({ jobId, eventId, status });
        const token = temporalToken(key, { buildId, jobId, eventId, pipelineId: pipeline.id, ...claims });

        return { token, apiUri: proxy.uri, buildId: id(buildId) };
    }

    async function failureOf(config: ExchangeConfig, minutes?: unknown, options?: ExchangeOptions): Promise<any> {
        proxy.requests = 0;

        return executor.exchangeTokenForBuild(config, minutes as number, options).then(
            () => assert.fail('There was no error'),
            (error: unknown) => error
        );
    }

    try {
        for (const [what, statusCode, text, code, how] of rows(otherKey)) {
            await report.check(`${what}: ${statusCode} becomes ${code}`, async () => {
                const config = await configOf(how);

                proxy.spoil = how.spoil ?? (() => ({}));
                const error = await failureOf(config, 45, { attempts: 2 });

                assert.ok(error.message.toLowerCase().includes(text.toLowerCase()), error.message);
                assert.match(error.message, /^Failed to exchange build token: \{"statusCode":/);
                assert.deepEqual(
                    [error.statusCode, error.code, error.retryable],
                    [statusCode, code, statusCode >= 500]
                );
                assert.equal(error.attempts, statusCode >= 500 ? 2 : 1);
                assert.equal(proxy.requests, error.attempts);
                assertHidden(config.token, error);
            });
        }
        proxy.spoil = () => ({});

        await report.check(`a token without requests left: 429 becomes ${RATE_LIMITED}`, async () => {
            const config = await configOf({});

            for (let request = 0; request < rateLimit; request += 1) {
                const { token, buildId } = config;
                const answer = await ask(api, 'POST', `builds/${buildId}/token`, { token, json: { buildTimeout: 1 } });

                assert.equal(answer.status, 200, `request ${request}`);
            }
            const error = await failureOf(config, 45, { attempts: 2 });

            assert.deepEqual([error.statusCode, error.code, error.retryable], [429, RATE_LIMITED, true]);
            assert.equal(error.attempts, 2);
            assertHidden(config.token, error);
        });

        for (const minutes of [0, -5, NaN, Infinity, 'soon', null]) {
            await report.check(`minutes that would not give a usable token are not sent: ${minutes}`, async () => {
                const error = await failureOf(await configOf({}), minutes);

                assert.equal(error.code, 'EXECUTOR_BUILD_TIMEOUT');
                assert.equal(proxy.requests, 0);
            });
        }

        await report.check('the API itself returns an expired token for minutes below zero', async () => {
            const { token, buildId } = await configOf({});
            const answer = await ask(api, 'POST', `builds/${buildId}/token`, { token, json: { buildTimeout: -5 } });

            assert.equal(answer.status, 200);
            assert.equal((await ask(api, 'GET', `builds/${buildId}`, { token: answer.body.token })).status, 401);
        });

        await report.check('the API refuses a token of the queue, and the base does not send it', async () => {
            const config = await configOf({ claims: { scope: ['sdapi'] } });
            const { token, buildId } = config;
            const answer = await ask(api, 'POST', `builds/${buildId}/token`, { token, json: { buildTimeout: 90 } });
            const error = await failureOf(config);

            assert.deepEqual([answer.status, answer.body.message], [403, 'Insufficient scope']);
            assert.equal(error.code, 'EXECUTOR_TOKEN_SCOPE');
            assert.equal(proxy.requests, 0);
            assertHidden(token, error);
        });
    } finally {
        proxy.close();
    }
}

/** Asserts that whatever a log could show of the error contains nothing of the token's claims or signature. */
function assertHidden(token: string, error: Error): void {
    const shown = `${inspect(error, { depth: null, showHidden: true })} ${error.stack} ${JSON.stringify(error)}`;
    const parts = token.split('.');

    for (const part of [token, ...parts.slice(1)]) assert.ok(!shown.includes(part));
}
