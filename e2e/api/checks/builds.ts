import assert = require('node:assert/strict');
import fs = require('node:fs');
import path = require('node:path');
import { ask } from '../lib/client';
import { groupRuns, processesOf } from '../lib/processes';
import { until } from '../../support/until';
import { Workflow } from '../lib/workflow';
import type { Given } from '../lib/given';
import type { Job, Row } from '../lib/records';
import type { Operation } from '../lib/screwdriver-api';

const EDGES = [
    ['begin', 'main'],
    ['begin', 'failing'],
    ['begin', 'hanging'],
    ['begin', 'dying'],
    ['main', 'deploy']
];

/** The jobs of the pipeline. Their steps write to `folder`. */
export function jobsIn(folder: string): Record<string, Job> {
    return {
        begin: {},
        main: {
            steps: {
                compile: `echo "compiled by build $SD_BUILD_ID" > ${folder}/main.txt`,
                check: `grep -q compiled ${folder}/main.txt`
            }
        },
        deploy: { steps: { publish: `cp ${folder}/main.txt ${folder}/deploy.txt` } },
        failing: { steps: { compile: 'exit 3', never: `touch ${folder}/never` } },
        hanging: {
            steps: { wait: `echo "$LAUNCHER_PID" > ${folder}/hanging.pid; sleep 600` },
            // Three seconds. The API passes on the annotations that are stored with the job.
            annotations: { 'screwdriver.cd/timeout': 0.05 }
        },
        dying: { steps: { end: `echo "$LAUNCHER_PID" > ${folder}/dying.pid; kill -9 "$LAUNCHER_PID"; sleep 600` } },
        endless: { steps: { wait: `echo "$LAUNCHER_PID" > ${folder}/endless.pid; sleep 600` } }
    };
}

/** Builds that the API starts through the executor. Each ends differently. */
export async function checkBuilds({ report, api, records, pipeline, folder, builds }: Given): Promise<void> {
    const workflow = await Workflow.run({ api, records, pipeline, edges: EDGES });
    const operationsOf = (build: Row) => namesOf(api.operations().filter(({ buildId }) => buildId === build.id));

    await report.check('main: started by the API, runs its steps and ends in SUCCESS', async () => {
        const main = await workflow.finished('main');
        const { compile, check } = await records.steps(main.id);

        assert.equal(main.status, 'SUCCESS');
        assert.ok(main.startTime && main.endTime);
        assert.deepEqual([compile.code, check.code], [0, 0]);
        assert.equal(fs.readFileSync(path.join(folder, 'main.txt'), 'utf8'), `compiled by build ${main.id}\n`);
    });

    await report.check('main: the API calls start, startTimer, stop and stopTimer, and all succeed', async () => {
        const main = (await workflow.build('main'))!;
        const operations = await until('stopTimer is called', () => {
            const names = operationsOf(main);

            return names.includes('stopTimer success') && names;
        });

        assert.deepEqual([...operations].sort(), [
            'exchangeTokenForBuild success',
            'start success',
            'startTimer success',
            'stop success',
            'stopTimer success'
        ]);
        assert.ok(operations.indexOf('startTimer success') < operations.indexOf('stop success'));
        assert.ok(operations.indexOf('stop success') < operations.indexOf('stopTimer success'));
    });

    await report.check('deploy: started by the API itself after main, and ends in SUCCESS', async () => {
        const main = (await workflow.build('main'))!;
        const deploy = await workflow.finished('deploy');

        assert.equal(deploy.status, 'SUCCESS');
        assert.equal(deploy.parentBuildId, main.id);
        assert.ok(deploy.createTime >= main.endTime);
        assert.ok(operationsOf(deploy).includes('start success'));
        assert.equal(fs.readFileSync(path.join(folder, 'deploy.txt'), 'utf8'), `compiled by build ${main.id}\n`);
    });

    await report.check('failing: a script that fails ends in FAILURE, and the step after it does not run', async () => {
        const failing = await workflow.finished('failing');
        const { compile, never } = await records.steps(failing.id);

        assert.deepEqual([failing.status, failing.statusMessage], ['FAILURE', 'Step compile failed']);
        assert.equal(compile.code, 3);
        assert.equal(never.startTime, undefined);
        assert.ok(!fs.existsSync(path.join(folder, 'never')));
    });

    await report.check('hanging: a build is ended by its timeout, with FAILURE and the reason', async () => {
        const hanging = await workflow.finished('hanging');
        const seconds = (Date.parse(hanging.endTime) - Date.parse(hanging.startTime)) / 1000;
        const { wait } = await records.steps(hanging.id);

        assert.equal(hanging.status, 'FAILURE');
        assert.match(hanging.statusMessage, /timeout of 0\.05 minutes/);
        assert.ok(seconds >= 2.9 && seconds < 40, `ended after ${seconds} s`);
        // Its script does not end the step: the launcher closes it, or the API.
        assert.ok([1, 130].includes(wait.code));
        await until('no process of it is left', async () => !(await groupRuns(pidIn(folder, 'hanging'))));
    });

    await report.check('dying: a launcher that ends without a report ends in FAILURE, with how it ended', async () => {
        const dying = await workflow.finished('dying');

        assert.equal(dying.status, 'FAILURE');
        assert.match(dying.statusMessage, /without having reported: .*SIGKILL/);
        await until('no process of it is left', async () => !(await groupRuns(pidIn(folder, 'dying'))));
    });

    await report.check('every build that ended was stopped through the executor without an error', async () => {
        for (const job of ['main', 'deploy', 'failing', 'hanging', 'dying']) {
            const build = (await workflow.build(job))!;
            const operations = await until(`stopTimer was called for ${job}`, () => {
                const names = operationsOf(build);

                return names.includes('stopTimer success') && names;
            });

            assert.ok(operations.includes('stop success'), job);
            assert.deepEqual(
                operations.filter(name => name.endsWith('failure')),
                [],
                job
            );
        }
    });

    await report.check('GET /v4/stats answers 200 with what the executor counted', async () => {
        const { status, body } = await ask(api, 'GET', 'stats');
        const { averageTime, ...requests } = body.executor.requests;

        assert.equal(status, 200);
        assert.deepEqual(requests, { total: 5, timeouts: 1, success: 5, failure: 0, concurrent: 0 });
        assert.ok(averageTime > 0);
        assert.equal(body.executor.breaker.isClosed, true);
    });

    await report.check('each build has left a log, but no process, folder or token', async () => {
        await until('no launcher is left', async () => (await processesOf(builds)).length === 0);
        assert.deepEqual(
            fs.readdirSync(builds).filter(name => !/^\d+\.log$/.test(name)),
            []
        );
        for (const name of fs.readdirSync(builds)) {
            assert.doesNotMatch(fs.readFileSync(path.join(builds, name), 'utf8'), /eyJ/);
        }
        assert.doesNotMatch(api.log(), /eyJ/);
    });
}

export function namesOf(operations: Operation[]): string[] {
    return operations.map(({ operation, outcome }) => `${operation} ${outcome}`);
}

export function pidIn(folder: string, job: string): number {
    return Number(fs.readFileSync(path.join(folder, `${job}.pid`), 'utf8'));
}
