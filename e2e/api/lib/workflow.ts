import { newExecutor } from './base';
import { ask } from './client';
import { temporalToken } from './tokens';
import { until } from '../../support/until';
import type { Pipeline, Records, Row } from './records';

const FINISHED = ['SUCCESS', 'FAILURE', 'ABORTED', 'UNSTABLE', 'COLLAPSED'];

interface NewWorkflow {
    api: { uri: string; privateKey: string };
    records: Records;
    pipeline: Pipeline;
    edges: string[][];
}

/**
 * Runs a workflow that starts with the job `begin`. The API itself starts a build when the one before it succeeds. So
 * the build of `begin` runs here, as if by a launcher elsewhere, and the API runs everything after it.
 */
export class Workflow {
    readonly #records: Records;
    readonly #pipeline: Pipeline;
    readonly eventId: number;

    constructor(records: Records, pipeline: Pipeline, eventId: number) {
        this.#records = records;
        this.#pipeline = pipeline;
        this.eventId = eventId;
    }

    /**
     * Resolves when the API has started the jobs after `begin`.
     *
     * @param edges from job to job: `[['begin', 'main'], ['main', 'deploy']]`
     */
    static async run({ api, records, pipeline, edges }: NewWorkflow): Promise<Workflow> {
        const eventId = await records.event(pipeline, [['~commit', 'begin'], ...edges]);
        const ids = { jobId: pipeline.jobIds.begin, eventId };
        const buildId = await records.build({ ...ids, status: 'QUEUED' });
        const temporal = temporalToken(api.privateKey, {
            ...ids,
            buildId,
            pipelineId: pipeline.id,
            scmContext: records.scmContext
        });
        const token = await newExecutor().exchangeTokenForBuild({ token: temporal, apiUri: api.uri, buildId });

        for (const status of ['RUNNING', 'SUCCESS']) {
            const answer = await ask(api, 'PUT', `builds/${buildId}`, { token, json: { status } });

            if (answer.status !== 200) throw new Error(`The API answered ${answer.status} to ${status}`);
        }

        return new Workflow(records, pipeline, eventId);
    }

    /** The build of a job, or undefined while there is none. */
    async build(job: string): Promise<Row | undefined> {
        const builds = await this.#records.builds(this.eventId);

        return builds.find(({ jobId }) => jobId === this.#pipeline.jobIds[job]);
    }

    /** Resolves with the build of a job once it has ended, with any status. */
    finished(job: string, milliseconds = 60_000): Promise<Row> {
        return until(
            `the build of ${job} has ended`,
            async () => {
                const build = await this.build(job);

                return build && FINISHED.includes(build.status) && build;
            },
            milliseconds / 1000
        );
    }
}
