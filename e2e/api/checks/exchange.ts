import assert = require('node:assert/strict');
import { newExecutor } from '../lib/base';
import { ask } from '../lib/client';
import { temporalToken, verified } from '../lib/tokens';
import type { Given } from '../lib/given';

/** The token exchange for builds that wait for their start. */
export async function checkExchange({ report, api, records }: Given): Promise<void> {
    const pipeline = await records.pipeline({ begin: {} });
    const jobId = pipeline.jobIds.begin;
    const executor = newExecutor();
    const key = (await ask(api, 'GET', 'auth/key')).body.key;

    for (const status of ['QUEUED', 'BLOCKED']) {
        const eventId = await records.event(pipeline, [['~commit', 'begin']]);
        const buildId = await records.build({ jobId, eventId, status });
        const claims = { buildId, jobId, eventId, pipelineId: pipeline.id };
        const temporal = temporalToken(api.privateKey, claims);
        const config = { token: temporal, apiUri: api.uri, buildId };
        let token = '';

        await report.check(`a ${status} build is not shown to its temporal token`, async () => {
            assert.equal((await ask(api, 'GET', `builds/${buildId}`, { token: temporal })).status, 403);
        });

        await report.check(`the token of a ${status} build is exchanged for one that the API has signed`, async () => {
            token = await executor.exchangeTokenForBuild(config);
            const { username, scope, jti, iat, exp, ...rest } = verified(token, key);

            assert.equal(username, buildId);
            assert.deepEqual(scope, ['build']);
            assert.notEqual(jti, verified(temporal, key).jti);
            assert.equal(exp - iat, (90 + 30) * 60);
            assert.deepEqual(rest, {
                isPR: false,
                scmContext: 'github:127.0.0.1',
                jobId,
                eventId,
                pipelineId: pipeline.id
            });
        });

        await report.check(`the ${status} build is shown to the new token`, async () => {
            const { status: answered, body } = await ask(api, 'GET', `builds/${buildId}`, { token });

            assert.equal(answered, 200);
            assert.equal(body.id, buildId);
            assert.equal(body.status, status);
        });

        await report.check(`the exchange for a ${status} build can be repeated with other minutes`, async () => {
            const again = await executor.exchangeTokenForBuild(config, '12.5', { bufferMinutes: 5 });
            const { exp, iat, jti } = verified(again, key);

            assert.equal(exp - iat, (13 + 5) * 60);
            assert.notEqual(jti, verified(token, key).jti);
        });

        await report.check(`the build token of a ${status} build is returned as is, without a request`, async () => {
            const nowhere = { token, apiUri: 'http://127.0.0.1:1', buildId };

            assert.equal(await executor.exchangeTokenForBuild(nowhere), token);
        });
    }
}
