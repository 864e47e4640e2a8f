import assert = require('node:assert/strict');
import fs = require('node:fs');
import path = require('node:path');
import { MODULES } from '../lib/installation';
import { groupRuns, processesOf } from '../lib/processes';
import { until } from '../../support/until';
import { Workflow } from '../lib/workflow';
import type { Given } from '../lib/given';
import { pidIn } from './builds';

/** Sends TERM to the API while a build runs. The API is gone afterwards. */
export async function checkShutdown({ report, api, records, pipeline, folder, builds }: Given): Promise<void> {
    const workflow = await Workflow.run({ api, records, pipeline, edges: [['begin', 'endless']] });

    await until('the build runs', () => fs.existsSync(path.join(folder, 'endless.pid')));
    const pid = pidIn(folder, 'endless');

    await report.check('before: the build runs in its own process group, without a visible token', async () => {
        const [launcher, ...others] = await processesOf(builds);

        assert.equal((await workflow.build('endless'))?.status, 'RUNNING');
        assert.deepEqual([launcher?.pid, launcher?.group, others.length], [pid, pid, 0]);
        assert.doesNotMatch(launcher!.line, /eyJ/);
    });

    await report.check('TERM: the API calls cleanUp, waits for it and ends with 0', async () => {
        const begin = performance.now();
        const code = await api.stop();
        const cleanUps = api.operations().filter(({ operation }) => operation === 'cleanUp');

        assert.equal(code, 0);
        assert.deepEqual(
            cleanUps.map(({ outcome }) => outcome),
            ['success']
        );
        // The time that the API gives cleanUp.
        assert.ok(performance.now() - begin < 30_000);
    });

    await report.check('after: no process or folder of the build is left', async () => {
        assert.equal(await groupRuns(pid), false);
        assert.deepEqual(await processesOf(builds), []);
        assert.deepEqual(
            fs.readdirSync(builds).filter(name => !name.endsWith('.log')),
            []
        );
    });

    await report.check('the API and its plug-in ran only on the package under test', () => {
        assert.deepEqual(api.basesLoaded(), [path.join(MODULES, 'screwdriver-executor-base/dist/executor.js')]);
    });

    await report.check('the API got FAILURE with the reason while it still listened', async () => {
        const { status, statusMessage } = (await workflow.build('endless'))!;

        assert.equal(status, 'FAILURE');
        assert.match(statusMessage, /shut down/);
    });
}
