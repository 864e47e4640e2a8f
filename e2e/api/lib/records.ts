const SCM_HOST = '127.0.0.1';
export const SCM_CONTEXT = `github:${SCM_HOST}`;
const SHA = '58393af682d61de87789fb4961645c42180cec5a';
const IMAGE = 'node:22';
const PERSON = { username: 'someone', name: 'Some One', url: 'http://127.0.0.1/someone', avatar: 'http://127.0.0.1/a' };

/** A row of the API's database, by its columns. */
export type Row = { id: number } & Record<string, any>;

export interface Pipeline {
    id: number;
    /** By the names of the jobs. */
    jobIds: Record<string, number>;
}

export interface Job {
    /** The commands by the names of the steps. */
    steps?: Record<string, string>;
    annotations?: object;
    image?: string;
}

interface NewBuild {
    jobId: number | undefined;
    eventId: number;
    status: string;
    steps?: Record<string, string | undefined>;
    meta?: object;
}

/** What screwdriver-datastore-sequelize can do. */
interface Datastore {
    client: { close(): Promise<void> };
    save(query: { table: string; params: object }): Promise<Row>;
    scan(query: { table: string; params: object }): Promise<Row[]>;
    update(query: { table: string; params: object }): Promise<Row>;
}

/**
 * Pipelines, jobs, events and builds, written into the API's database while it runs: over HTTP they could only be
 * made with the help of a source code host.
 */
export class Records {
    readonly #datastore: Datastore;
    readonly #scmHost: string;
    readonly #admins: Record<string, boolean>;
    #made = 0;

    /**
     * @param options.scmHost the source code host of the pipelines
     * @param options.admins of the pipelines: `{ someone: true }`. With one, the API asks the source code host at every
     *   change of a status, in the name of that user
     */
    constructor(
        api: { database: string },
        { scmHost = SCM_HOST, admins = {} }: { scmHost?: string; admins?: Record<string, boolean> } = {}
    ) {
        // It lies in the API's tree, which is there once the API is installed.
        const DatastoreSequelize = require('screwdriver-datastore-sequelize') as new (options: object) => Datastore;

        this.#scmHost = scmHost;
        this.#admins = admins;
        this.#datastore = new DatastoreSequelize({ dialect: 'sqlite', storage: api.database });
    }

    close(): Promise<void> {
        return this.#datastore.client.close();
    }

    /** The name that the API has for the source code host. */
    get scmContext(): string {
        return `github:${this.#scmHost}`;
    }

    /** A user, whose token for the source code host is as the API seals it. */
    user(username: string, sealedToken: string): Promise<Row> {
        return this.#save('users', { username, token: sealedToken, scmContext: this.scmContext, settings: {} });
    }

    #save(table: string, params: object): Promise<Row> {
        return this.#datastore.save({ table, params });
    }

    /** A pipeline with its jobs, by their names. */
    async pipeline(jobs: Record<string, Job>): Promise<Pipeline> {
        const { id } = await this.#save('pipelines', {
            name: 'someone/repository',
            scmUri: `${this.#scmHost}:${(this.#made += 1)}:main`,
            scmContext: this.scmContext,
            scmRepo: { name: 'someone/repository', branch: 'main', url: 'http://127.0.0.1/someone/repository' },
            createTime: new Date().toISOString(),
            admins: this.#admins,
            state: 'ACTIVE'
        });
        const jobIds: Record<string, number> = {};

        for (const [name, { steps = {}, annotations = {}, image = IMAGE }] of Object.entries(jobs)) {
            const commands = Object.entries(steps).map(([step, command]) => ({ name: step, command }));
            const permutations = [{ image, commands, annotations, environment: {}, secrets: [], settings: {} }];
            const job = await this.#save('jobs', {
                name,
                pipelineId: id,
                permutations,
                state: 'ENABLED',
                archived: false
            });

            jobIds[name] = job.id;
        }

        return { id, jobIds };
    }

    /** A run of a pipeline, with edges such as `[['main', 'deploy']]`. Resolves with its id. */
    async event(pipeline: Pipeline, edges: string[][]): Promise<number> {
        const { id } = await this.#save('events', {
            pipelineId: pipeline.id,
            sha: SHA,
            // With the pipeline and the SHA its key.
            createTime: new Date(Date.now() + (this.#made += 1)).toISOString(),
            causeMessage: 'Made for a test',
            commit: { message: 'a commit', author: PERSON, url: 'http://127.0.0.1/commit' },
            creator: PERSON,
            meta: {},
            type: 'pipeline',
            status: 'CREATED',
            startFrom: '~commit',
            workflowGraph: {
                nodes: [{ name: '~commit' }, ...Object.entries(pipeline.jobIds).map(([name, id]) => ({ name, id }))],
                edges: edges.map(([src, dest]) => ({ src, dest }))
            }
        });

        await this.#datastore.update({ table: 'events', params: { id, groupEventId: id } });

        return id;
    }

    /**
     * A build that nobody has started, with the one step that the API asks of every build, and others: their commands by
     * name. Resolves with its id.
     */
    async build({ jobId, eventId, status, steps = {}, meta = {} }: NewBuild): Promise<number> {
        const { id } = await this.#save('builds', {
            jobId,
            eventId,
            status,
            number: Date.now(),
            createTime: new Date().toISOString(),
            cause: 'Made for a test',
            sha: SHA,
            container: IMAGE,
            environment: {},
            meta,
            stats: {}
        });

        await this.#save('steps', { buildId: id, name: 'sd-setup-init', startTime: new Date().toISOString() });
        for (const [name, command] of Object.entries(steps)) await this.#save('steps', { buildId: id, name, command });

        return id;
    }

    /** The steps of a build, by their name. */
    async steps(buildId: number): Promise<Record<string, any>> {
        const steps = await this.#datastore.scan({ table: 'steps', params: { buildId } });

        return Object.fromEntries(steps.map(step => [step.name, step]));
    }

    /** The build of a job that has one, or none. */
    async buildOf(jobId: number | undefined): Promise<Row | undefined> {
        const [build] = await this.#datastore.scan({ table: 'builds', params: { jobId } });

        return build;
    }

    /** The builds of an event. */
    builds(eventId: number): Promise<Row[]> {
        return this.#datastore.scan({ table: 'builds', params: { eventId } });
    }
}
