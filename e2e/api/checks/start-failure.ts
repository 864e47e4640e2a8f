import assert = require('node:assert/strict');
import fs = require('node:fs');
import { ask } from '../lib/client';
import { until } from '../../support/until';
import { Workflow } from '../lib/workflow';
import type { Given } from '../lib/given';
import type { Row } from '../lib/records';
import { namesOf } from './builds';

/** A start that fails because the launcher is missing, and the next start, when the launcher is back. */
export async function checkStartFailure({ report, api, records, pipeline, jobTools }: Given): Promise<void> {
    const away = `${jobTools}.away`;
    const before = (await ask(api, 'GET', 'stats')).body.executor.requests;
    let main: Row;

    fs.renameSync(jobTools, away);
    try {
        const workflow = await Workflow.run({ api, records, pipeline, edges: [['begin', 'main']] });
        main = await workflow.finished('main');
    } finally {
        fs.renameSync(away, jobTools);
    }
    const operations = await until('stopTimer was called', () => {
        const names = namesOf(api.operations().filter(({ buildId }) => buildId === main.id));

        return names.some(name => name.startsWith('stopTimer')) && names;
    });

    await report.check('the build ends in FAILURE, and never ran', () => {
        // UNSTABLE would mean that stop had thrown.
        assert.equal(main.status, 'FAILURE');
        assert.equal(main.statusMessage, 'Failed to start build by executor error');
        assert.equal(main.startTime, undefined);
    });

    await report.check('start failed, then the API stopped the build anyway, and stop did not throw', async () => {
        await until('start has failed', () =>
            api.operations().some(({ buildId, outcome }) => buildId === main.id && outcome === 'failure')
        );
        const all = namesOf(api.operations().filter(({ buildId }) => buildId === main.id));

        assert.deepEqual([...all].sort(), ['start failure', 'stop success', 'stopTimer success']);
        assert.ok(operations.includes('stop success'));
    });

    await report.check('the executor names the cause for programs and for the log', () => {
        const { error } = api
            .operations()
            .find(({ buildId, outcome }) => buildId === main.id && outcome === 'failure')!;

        assert.deepEqual([error?.code, error?.kind, error?.retryable], ['PROCESS_LAUNCHER', 'configuration', false]);
        assert.ok(api.log().includes(`Failed to start ${main.id} build: ExecutorError: The launcher`));
    });

    await report.check('GET /v4/stats answers 200 and has counted the failed start', async () => {
        const { status, body } = await ask(api, 'GET', 'stats');

        assert.equal(status, 200);
        assert.equal(body.executor.requests.failure, before.failure + 1);
        assert.equal(body.executor.requests.concurrent, 0);
    });

    await report.check('the next build starts and ends in SUCCESS', async () => {
        const next = await Workflow.run({ api, records, pipeline, edges: [['begin', 'main']] });

        assert.equal((await next.finished('main')).status, 'SUCCESS');
    });
}
