import { buildsOnEngine } from '../docker/engine';
import { until } from '../support/until';
import type { ApiRecords, Screwdriver } from './real';

/** A build's row in the API's database. */
export interface BuildRow {
    id: number;
    status: string;
    statusMessage?: string;
    startTime?: string;
    endTime?: string;
}

/** A step's row. */
export interface Step {
    code?: number;
    startTime?: string;
    endTime?: string;
    lines?: number;
}

/** What identifies a build. */
interface Identity {
    id: number;
    pipelineId: number;
    find: () => Promise<BuildRow | undefined>;
}

/** A build as the API, the store and its user see it. */
export class Build {
    readonly id;
    readonly pipelineId;
    #screwdriver;
    #records;
    #find;

    constructor(screwdriver: Screwdriver, records: ApiRecords, { id, pipelineId, find }: Identity) {
        this.#screwdriver = screwdriver;
        this.#records = records;
        this.#find = find;
        this.id = id;
        this.pipelineId = pipelineId;
    }

    /** The context of its commit statuses. */
    get context() {
        return contextOf(this.pipelineId);
    }

    /** The build as the API has it. */
    async now(): Promise<BuildRow> {
        const row = await this.#find();

        if (!row) throw new Error(`the API has no build ${this.id}`);

        return row;
    }

    async has(status: string, seconds = 90): Promise<BuildRow> {
        let seen: BuildRow | undefined;

        return until(
            `status ${status}`,
            async () => {
                seen = await this.#find();

                return seen?.status === status ? seen : undefined;
            },
            seconds
        ).catch((error: Error) => {
            throw new Error(`${error.message}; it is ${JSON.stringify(seen)}`);
        });
    }

    /** Resolves once the step has begun. */
    async hasBegun(step: string) {
        await until(`step ${step}`, async () => (await this.steps())[step]?.startTime);
    }

    /** Resolves when the source code host hears that it runs: the launcher has told the API, which has not saved it yet. */
    saysRunning() {
        const { statuses } = this.#screwdriver.github;

        // The first status says QUEUED, in the same words.
        return until('RUNNING', () => statuses.filter(({ context }) => context === this.context).length > 1);
    }

    steps(): Promise<Record<string, Step>> {
        return this.#records.steps(this.id);
    }

    /** One of the build's steps. */
    async step(name: string): Promise<Step> {
        const step = (await this.steps())[name];

        if (!step) throw new Error(`build ${this.id} has no step ${name}`);

        return step;
    }

    /** Resolves with the log of a step once it has the line. The log service sends it every two seconds. */
    logHas(step: string, line: string): Promise<string[]> {
        const log = () => this.#screwdriver.store.log(this.id, step);

        return until(`${line} in the log of ${step}`, () => (log().includes(line) ? log() : undefined));
    }

    /** Aborts the build as a user does. Resolves with the status of the answer. */
    async abort(): Promise<number> {
        const { ask } = require('../api/lib/client');
        const { api, userToken: token } = this.#screwdriver;
        const json = { status: 'ABORTED' };

        return (await ask(api, 'PUT', `builds/${this.id}`, { token, json })).status;
    }

    /** Resolves once nothing of it is left on the engine. */
    isGone() {
        const isOfIt = (name: string) => `${name}-`.includes(`sd-build-${this.id}-`);

        return until('an engine without it', async () => !(await buildsOnEngine()).some(isOfIt), 120);
    }

    /** The executor's operations on this build, with their outcomes. */
    operations() {
        return this.#screwdriver.api.operations().filter(({ buildId }) => buildId === this.id);
    }
}

/** The context of the commit statuses of a pipeline's build. */
export function contextOf(pipelineId: number) {
    return `Screwdriver/${pipelineId}/main`;
}
