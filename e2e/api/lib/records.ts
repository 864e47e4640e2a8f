const SCM_HOST = '127.0.0.1';
export const SCM_CONTEXT = `github:${SCM_HOST}`;
const SHA = '58393af682d61de87789fb4961645c42180cec5a';
const IMAGE = 'node:22';
const PERSON = { username: 'someone', name: 'Some One', url: 'http://127.0.0.1/someone', avatar: 'http://127.0.0.1/a' };

/** A row of the API's database, by its columns. */
export type Row = { id: number } & Record<string, any>;

export interface Pipeline {
    id: number;
    /** Keyed by the names of the jobs. */
    jobIds: Record<string, number>;
}

export interface Job {
    /** The commands, keyed by the names of the steps. */
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

/** The part of screwdriver-datastore-sequelize that is used here. */
interface Datastore {
    client: { close(): Promise<void> };
    save(query: { table: string; params: object }): Promise<Row>;
    scan(query: { table: string; params: object }): Promise<Row[]>;
    update(query: { table: string; params: object }): Promise<Row>;
}

/**
 * Writes pipelines, jobs, events and builds into the API's database while the API runs: creating them over HTTP would
 * need a source code host.
 */
export class Records {
    readonly #datastore: Datastore;
    readonly #scmHost: string;
    readonly #admins: Record<string, boolean>;
    #made = 0;

    /**
     * @param options.scmHost the source code host of the pipelines
     * @param options.admins the admins of the pipelines: `{ someone: true }`. If there is one, the API calls the source
     *   code host at every change of a status, in the name of that user
     */
    constructor(
        api: { database: string },
        { scmHost = SCM_HOST, admins = {} }: { scmHost?: string; admins?: Record<string, boolean> } = {}
    ) {
        // It is in the API's tree, which exists once the API is installed.
        const DatastoreSequelize = require('screwdriver-datastore-sequelize') as new (options: object) => Datastore;

        this.#scmHost = scmHost;
        this.#admins = admins;
        this.#datastore = new DatastoreSequelize({ dialect: 'sqlite', storage: api.database });
    }

    close(): Promise<void> {
        return this.#datastore.client.close();
    }

    /** The API's name for the source code host. */
    get scmContext(): string {
        return `github:${this.#scmHost}`;
    }

    /** A user. The token for the source code host is sealed as by the API. */
    user(username: string, sealedToken: string): Promise<Row> {
        return this.#save('users', { username, token: sealedToken, scmContext: this.scmContext, settings: {} });
    }

    #save(table: string, params: object): Promise<Row> {
        return this.#datastore.save({ table, params });
    }

    /** A pipeline with its jobs, which are keyed by name. */
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
            // The event's key, together with the pipeline and the SHA.
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
     * A build that nobody has started. It has the one step that the API requires of every build, and further steps:
     * commands by name. Resolves with its id.
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

    /** The steps of a build by name. */
    async steps(buildId: number): Promise<Record<string, any>> {
        const steps = await this.#datastore.scan({ table: 'steps', params: { buildId } });

        return Object.fromEntries(steps.map(step => [step.name, step]));
    }

    /** The build of a job, or undefined if it has none. */
    async buildOf(jobId: number | undefined): Promise<Row | undefined> {
        const [build] = await this.#datastore.scan({ table: 'builds', params: { jobId } });

        return build;
    }

    /** The builds of an event. */
    builds(eventId: number): Promise<Row[]> {
        return this.#datastore.scan({ table: 'builds', params: { eventId } });
    }
}
