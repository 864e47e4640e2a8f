import assert = require('node:assert/strict');
import { newExecutor } from '../lib/base';
import { ask } from '../lib/client';
import { temporalToken } from '../lib/tokens';
import type { Given } from '../lib/given';
import type { Row } from '../lib/records';

const REASON = 'The node was taken away.';
const META = { coverage: 80 };

/** What happens to builds whose failure is reported. */
export async function checkReport({ report, api, records }: Given): Promise<void> {
    const executor = newExecutor();
    const pipeline = await records.pipeline({ begin: {} });
    const jobId = pipeline.jobIds.begin;

    async function queued() {
        const eventId = await records.event(pipeline, [['~commit', 'begin']]);
        const buildId = await records.build({ jobId, eventId, status: 'QUEUED', meta: META });
        const token = temporalToken(api.privateKey, { buildId, jobId, eventId, pipelineId: pipeline.id });

        return {
            temporal: { token, apiUri: api.uri, buildId },
            now: async () => (await records.builds(eventId)).find(({ id }) => id === buildId)!
        };
    }

    /** A build after these updates, made one after the other with its own token. */
    async function updated(...updates: object[]) {
        const build = await queued();
        const { buildId } = build.temporal;
        const own = { ...build.temporal, token: await executor.exchangeTokenForBuild(build.temporal) };

        for (const json of updates) {
            const { status, body } = await ask(api, 'PUT', `builds/${buildId}`, { token: own.token, json });

            assert.equal(status, 200, JSON.stringify(body));
        }

        return { ...build, own };
    }

    async function shows(build: { now(): Promise<Row> }, status: string, statusMessage?: string): Promise<Row> {
        const now = await build.now();

        assert.deepEqual([now.status, now.statusMessage ?? undefined], [status, statusMessage]);

        return now;
    }

    await report.check('a QUEUED build, with its temporal token: FAILURE with the reason, once', async () => {
        const build = await queued();

        assert.equal(await executor.reportFailure(build.temporal, REASON), true);
        await shows(build, 'FAILURE', REASON);
        assert.equal(await executor.reportFailure(build.temporal, 'another'), false);
        await shows(build, 'FAILURE', REASON);
    });

    await report.check('a QUEUED build, with its own token: FAILURE with the reason', async () => {
        const build = await updated();

        assert.equal(await executor.reportFailure(build.own, REASON), true);
        await shows(build, 'FAILURE', REASON);
    });

    await report.check(
        'a RUNNING build, with its own token: FAILURE with the reason, and it keeps its meta',
        async () => {
            const build = await updated({ status: 'RUNNING' });

            assert.equal(await executor.reportFailure(build.own, REASON), true);
            const { meta } = await shows(build, 'FAILURE', REASON);

            assert.deepEqual(meta, META);
        }
    );

    await report.check(
        'a RUNNING build, with its temporal token: the exchange is refused, and nothing is reported',
        async () => {
            const build = await updated({ status: 'RUNNING' });

            assert.equal(await executor.reportFailure(build.temporal, REASON), false);
            await shows(build, 'RUNNING');
        }
    );

    for (const status of ['SUCCESS', 'FAILURE', 'ABORTED']) {
        await report.check(`a build that has ended in ${status} is not changed, with either token`, async () => {
            const build = await updated({ status: 'RUNNING' }, { status });

            assert.equal(await executor.reportFailure(build.own, REASON), false);
            assert.equal(await executor.reportFailure(build.temporal, REASON), false);
            // The API itself says who aborted a build.
            await shows(build, status, status === 'ABORTED' ? `Aborted by ${build.own.buildId}` : undefined);
        });
    }

    await report.check('an UNSTABLE build, which may still continue, is not changed, with either token', async () => {
        const build = await updated({ status: 'RUNNING' }, { status: 'UNSTABLE' });

        assert.equal(await executor.reportFailure(build.own, REASON), false);
        assert.equal(await executor.reportFailure(build.temporal, REASON), false);
        await shows(build, 'UNSTABLE');
    });
}
