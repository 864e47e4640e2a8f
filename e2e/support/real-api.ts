import fs = require('node:fs');
import os = require('node:os');
import path = require('node:path');
import { install } from '../api/lib/installation';
import { installPlugin } from '../api/lib/plugin';
import { until } from './until';

/** What the checks need from a Screwdriver API. */
export interface Api {
    uri: string;
    pid: number;
    boot(): Promise<void>;
    /** Resolves with its exit code. */
    stop(): Promise<unknown>;
    kill(): Promise<void>;
    log(): string;
    privateKey: string;
    /** The operations that it has called on its executor. */
    operations(): { buildId: number; operation: string; outcome: string }[];
}

/**
 * A Screwdriver API with an executor of `examples/` as its plug-in, and a pipeline on it: `begin`, then `main`, which the
 * API starts by itself.
 */
export async function bootRealApi({
    example,
    options,
    image,
    environment
}: {
    example: string;
    options: object;
    image: string;
    environment?: Record<string, string>;
}) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-e2e-'));
    const source = path.join(__dirname, '../../examples', example);

    await install();
    installPlugin(source);
    // From here on, packages in the API's tree can be loaded.
    const { ScrewdriverApi } = require('../api/lib/screwdriver-api') as {
        ScrewdriverApi: new (options: object) => Api;
    };
    const { ask } = require('../api/lib/client');
    const { Records } = require('../api/lib/records');
    const { temporalToken } = require('../api/lib/tokens');
    const { Workflow } = require('../api/lib/workflow');
    const { name } = JSON.parse(fs.readFileSync(path.join(source, 'package.json'), 'utf8'));
    const api = new ScrewdriverApi({
        folder: path.join(folder, 'api'),
        plugin: { name: name.replace('screwdriver-executor-', ''), options },
        // The plug-in brings the engine's client, since the API has none.
        environment: { NODE_PATH: path.join(source, 'node_modules'), ...environment }
    });

    await api.boot();
    const records = new Records(api);
    /** Resolves with a build of `main` as soon as the API has created it. */
    const begin = async (job: object) => {
        const pipeline = await records.pipeline({ begin: {}, main: { image, ...job } });
        const workflow = await Workflow.run({ api, records, pipeline, edges: [['begin', 'main']] });
        const now = () => workflow.build('main');
        const { id, jobId, eventId } = await until('the build', now);

        return {
            id,
            /** As the API has it. */
            now,
            /** Resolves with the build once it has ended, however it ends. */
            finished: () => workflow.finished('main', 120_000),
            steps: () => records.steps(id),
            /** Does it as a user would. Resolves when the API has answered. */
            abort() {
                const token = temporalToken(api.privateKey, { buildId: id, jobId, eventId, pipelineId: pipeline.id });

                return ask(api, 'PUT', `builds/${id}`, { token, json: { status: 'ABORTED' } });
            }
        };
    };

    return {
        api,
        begin,
        /** Resolves with the build of `main` once it has ended, however it ends. */
        runMain: async () => (await begin({})).finished(),
        async close() {
            await records.close();
            await api.stop();
            fs.rmSync(folder, { recursive: true, force: true });
        }
    };
}
