'use strict';

const DatastoreSequelize = require('screwdriver-datastore-sequelize');

const SCM_HOST = '127.0.0.1';
const SCM_CONTEXT = `github:${SCM_HOST}`;
const SHA = '58393af682d61de87789fb4961645c42180cec5a';
const IMAGE = 'node:22';
const PERSON = { username: 'someone', name: 'Some One', url: 'http://127.0.0.1/someone', avatar: 'http://127.0.0.1/a' };

/**
 * Pipelines, jobs, events and builds, written into the API's database while it runs: over HTTP they could only be
 * made with the help of a source code host.
 */
class Records {
    #datastore;
    #scmHost;
    #admins;
    #made = 0;

    /**
     * @param options.scmHost the source code host of the pipelines
     * @param options.admins of the pipelines: `{ someone: true }`. With one, the API asks the source code host at every
     *   change of a status, in the name of that user
     */
    constructor(api, { scmHost = SCM_HOST, admins = {} } = {}) {
        this.#scmHost = scmHost;
        this.#admins = admins;
        this.#datastore = new DatastoreSequelize({ dialect: 'sqlite', storage: api.database });
    }

    close() {
        return this.#datastore.client.close();
    }

    /** The name that the API has for the source code host. */
    get scmContext() {
        return `github:${this.#scmHost}`;
    }

    /** A user, whose token for the source code host is as the API seals it. */
    user(username, sealedToken) {
        return this.#save('users', { username, token: sealedToken, scmContext: this.scmContext, settings: {} });
    }

    #save(table, params) {
        return this.#datastore.save({ table, params });
    }

    /**
     * A pipeline with its jobs, `{ name: { steps, annotations, image } }`, the steps by name. Resolves with the pipeline's id and
     * the jobs' ids by name.
     */
    async pipeline(jobs) {
        const { id } = await this.#save('pipelines', {
            name: 'someone/repository',
            scmUri: `${this.#scmHost}:${(this.#made += 1)}:main`,
            scmContext: this.scmContext,
            scmRepo: { name: 'someone/repository', branch: 'main', url: 'http://127.0.0.1/someone/repository' },
            createTime: new Date().toISOString(),
            admins: this.#admins,
            state: 'ACTIVE'
        });
        const jobIds = {};

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
    async event(pipeline, edges) {
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
    async build({ jobId, eventId, status, steps = {}, meta = {} }) {
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
    async steps(buildId) {
        const steps = await this.#datastore.scan({ table: 'steps', params: { buildId } });

        return Object.fromEntries(steps.map(step => [step.name, step]));
    }

    /** The build of a job that has one, or none. */
    async buildOf(jobId) {
        const [build] = await this.#datastore.scan({ table: 'builds', params: { jobId } });

        return build;
    }

    /** The builds of an event. */
    builds(eventId) {
        return this.#datastore.scan({ table: 'builds', params: { eventId } });
    }
}

module.exports = { Records, SCM_CONTEXT };
