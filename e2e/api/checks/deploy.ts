import assert = require('node:assert/strict');
import fs = require('node:fs');
import path = require('node:path');
import { ROOT } from '../../../test/support/child';
import { MODULES } from '../lib/installation';
import { installPlugin } from '../lib/plugin';
import { Records } from '../lib/records';
import { ScrewdriverApi } from '../lib/screwdriver-api';
import { Workflow } from '../lib/workflow';
import { ask } from '../lib/client';
import { until } from '../../support/until';
import { blocksOf } from '../../../test/support/markdown';
import { scaffold } from '../../../dist/scaffold/scaffold';
import type { Given } from '../lib/given';
import type { Job, Row } from '../lib/records';

/** A build and its container on the engine. */
interface Started {
    build: Row;
    container: any;
}

const ENGINE = 'http://my-engine.example:8080';

/** A configuration of docs/deploy.md, `json api=…`, unchanged except for the values of this run. */
function configuration(name: string, replacements: string[][]): { plugin: string } & Record<string, any> {
    const block = blocksOf('docs/deploy.md').find(({ words }) => words.includes(`api=${name}`))!;
    let text = block.code.join('\n');

    for (const [told = '', here = ''] of replacements) {
        assert.ok(text.includes(told), told);
        text = text.replace(told, here);
    }

    return JSON.parse(text).executor;
}

/** Does what docs/deploy.md says, with the executor that `new` writes, in the API. */
export async function checkDeployment({
    report,
    folder,
    builds,
    jobTools
}: Pick<Given, 'report' | 'folder' | 'builds' | 'jobTools'>): Promise<void> {
    const at = (name: string) => path.join(folder, name);

    fs.mkdirSync(folder);
    scaffold('my-engine', folder);
    const source = at('screwdriver-executor-my-engine');

    // This project's own tree has what npm install would add.
    fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(source, 'node_modules'));
    installPlugin(source);
    const { EngineServer } = require(path.join(source, 'test/engine-server'));
    const engine = await EngineServer.start();
    const options = { workspaceRoot: builds, jobTools, gracePeriod: 2_000 };

    /** An API with a configuration of the page, and a pipeline in it. */
    async function withApi(
        executor: ReturnType<typeof configuration>,
        jobs: Record<string, Job>,
        work: (running: Pick<Given, 'api' | 'records' | 'pipeline'>) => Promise<void>
    ): Promise<ScrewdriverApi> {
        const name = executor.plugin;
        const api = new ScrewdriverApi({ folder: at(name), plugin: { name, options: executor[name].options } });

        await api.boot();
        const records = new Records(api);

        try {
            const pipeline = await records.pipeline({ begin: {}, ...jobs });

            await api.whileRunning(work({ api, records, pipeline }));
        } finally {
            await records.close();
            await api.stop();
        }

        return api;
    }

    /** The container that the API's start of a job has made on the engine, and its build. */
    function containerOf(workflow: Workflow, job: string): Promise<Started> {
        return until(`a container of ${job}`, async () => {
            const build = await workflow.build(job);
            const container = build && engine.containers.get(`build-${build.id}`);

            return container && { build, container };
        });
    }

    /** Reports what a launcher in that container would. The API stops the build before it answers. */
    async function succeed(api: ScrewdriverApi, { build, container }: Started): Promise<void> {
        for (const status of ['RUNNING', 'SUCCESS']) {
            const { SD_TOKEN: token } = container.env;

            assert.equal((await ask(api, 'PUT', `builds/${build.id}`, { token, json: { status } })).status, 200);
        }
    }

    try {
        await report.check('alone: the API starts a build on the engine and stops it when it has ended', async () => {
            const api = await withApi(
                configuration('single', [[ENGINE, engine.uri]]),
                { main: {} },
                async ({ api, records, pipeline }) => {
                    const workflow = await Workflow.run({ api, records, pipeline, edges: [['begin', 'main']] });
                    const started = await containerOf(workflow, 'main');

                    assert.deepEqual(started.container.args.slice(0, 2), ['--api-uri', api.uri]);
                    await succeed(api, started);
                    assert.equal((await workflow.build('main'))?.status, 'SUCCESS');
                    assert.deepEqual([...engine.containers.keys()], []);
                }
            );
            const cleanUps = api.operations().filter(({ operation }) => operation === 'cleanUp');

            assert.deepEqual(
                cleanUps.map(({ outcome }) => outcome),
                ['success']
            );
        });

        await report.check(
            'behind the router: a job that names it runs there, and every other job where it ran before',
            async () => {
                const jobs = {
                    main: { steps: { run: 'exit 0' } },
                    tried: { annotations: { 'screwdriver.cd/executor': 'my-engine' } }
                };
                const executor = configuration('router', [
                    [ENGINE, engine.uri],
                    ['"name": "process", "options": {}', `"name": "process", "options": ${JSON.stringify(options)}`]
                ]);

                await withApi(executor, jobs, async ({ api, records, pipeline }) => {
                    const edges = Object.keys(jobs).map(job => ['begin', job]);
                    const workflow = await Workflow.run({ api, records, pipeline, edges });

                    assert.equal((await workflow.finished('main')).status, 'SUCCESS');
                    const started = await containerOf(workflow, 'tried');

                    assert.equal(engine.containers.size, 1);
                    await succeed(api, started);
                    assert.deepEqual([...engine.containers.keys()], []);
                });
            }
        );
    } finally {
        engine.close();
        fs.rmSync(path.join(MODULES, 'screwdriver-executor-my-engine'), { recursive: true, force: true });
    }
}
