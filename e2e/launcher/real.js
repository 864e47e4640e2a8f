'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { buildsOnEngine } = require('../docker/engine');
const { install } = require('../api/lib/installation');
const { installPlugin } = require('../api/lib/plugin');
const { startGithub } = require('../support/github');
const { startStore } = require('../support/store');
const { until } = require('../support/until');
const { images } = require('../images');

const SOURCE = path.join(__dirname, '../../examples/docker-executor');
const USERNAME = 'someone';
/** Little for those builds that are ended by their clock; what `start` makes has the usual one, unless it says otherwise. */
const STOP_SECONDS = 10;
const GRACE = { 'screwdriver.cd/terminationGracePeriodSeconds': 60 };
const PASSWORD = 'a password that seals the tokens of users';

/** A Screwdriver of its own: the real API with the Docker executor in its process, a store and a source code host. */
class Screwdriver {
    /** How many milliseconds the source code host takes for a commit status. */
    github;
    store;
    api;
    #records;
    #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-e2e-'));

    /** @param {object} options of the Docker executor */
    async boot(options = {}) {
        this.github = await startGithub();
        this.store = await startStore();
        await install();
        installPlugin(SOURCE);
        // What lies in the API's tree can be loaded from here on.
        const { ScrewdriverApi } = require('../api/lib/screwdriver-api');
        const { Records } = require('../api/lib/records');
        const { name } = JSON.parse(fs.readFileSync(path.join(SOURCE, 'package.json'), 'utf8'));
        const scm = { oauthClientId: 'none', oauthClientSecret: 'none', secret: 'none', gheProtocol: 'http' };

        this.api = new ScrewdriverApi({
            folder: path.join(this.#folder, 'api'),
            plugin: {
                name: name.replace('screwdriver-executor-', ''),
                options: { jobToolsImage: images.official, network: 'host', stopSeconds: STOP_SECONDS, ...options }
            },
            environment: {
                NODE_PATH: path.join(SOURCE, 'node_modules'),
                DOCKER_HOST: process.env.DOCKER_HOST ?? '',
                ECOSYSTEM_STORE: this.store.uri,
                SECRET_PASSWORD: PASSWORD,
                SCM_SETTINGS: JSON.stringify({
                    github: { plugin: 'github', config: { ...scm, gheHost: this.github.host } }
                })
            }
        });
        await this.api.boot();
        this.#records = new Records(this.api, { scmHost: this.github.host, admins: { [USERNAME]: true } });
        const iron = require('../api/node_modules/@hapi/iron');

        await this.#records.user(USERNAME, await iron.seal('a-token', PASSWORD, iron.defaults));
    }

    /**
     * Makes the API start a build by itself. Resolves when that is there.
     *
     * @param {{ steps: Record<string, string>, image?: string, annotations?: object, scmDelay?: number }} job with the
     *   milliseconds that the source code host takes for its commit statuses, if they are others than for all
     */
    async start({ steps, image = images.build('ok'), annotations = GRACE, scmDelay }) {
        const { Workflow } = require('../api/lib/workflow');
        const pipeline = await this.#records.pipeline({ begin: {}, main: { steps, image, annotations } });
        const { api } = this;

        if (scmDelay !== undefined) this.github.delays.set(contextOf(pipeline.id), scmDelay);
        // It ends when the executor's start has resolved.
        const run = Workflow.run({ api, records: this.#records, pipeline, edges: [['begin', 'main']] });
        const find = () => this.#records.buildOf(pipeline.jobIds.main);
        const found = until('the build', find);
        const { id } = await Promise.race([found, run.then(() => found)]);

        return new Build(this, this.#records, { id, pipelineId: pipeline.id, find });
    }

    /** A build in the API that no executor is asked to start, a config for it with its own token, and its temporal one. */
    async buildWithToken(steps = {}) {
        const Executor = require('screwdriver-executor-base');
        const { temporalToken } = require('../api/lib/tokens');
        const pipeline = await this.#records.pipeline({ main: { steps } });
        const eventId = await this.#records.event(pipeline, [['~commit', 'main']]);
        const ids = { jobId: pipeline.jobIds.main, eventId };
        const all = { 'sd-setup-launcher': undefined, ...steps };
        const buildId = await this.#records.build({ ...ids, status: 'QUEUED', steps: all });
        const { scmContext } = this.#records;
        const claims = { ...ids, buildId, pipelineId: pipeline.id, scmContext };
        const config = { apiUri: this.api.uri, buildId, token: temporalToken(this.api.privateKey, claims) };
        const token = await new Executor().exchangeTokenForBuild(config, 10);
        const find = () => this.#records.buildOf(ids.jobId);
        const build = new Build(this, this.#records, { id: buildId, pipelineId: pipeline.id, find });

        return { build, config: { ...config, token }, temporalToken: config.token };
    }

    /** A user's token, for what is done to builds by hand. */
    get userToken() {
        const { userToken } = require('../api/lib/tokens');

        return userToken(this.api.privateKey, { username: USERNAME, scmContext: this.#records.scmContext });
    }

    async close() {
        await this.#records?.close();
        await this.api?.stop();
        await this.store?.close();
        await this.github?.close();
        fs.rmSync(this.#folder, { recursive: true, force: true });
    }
}

/** A build as the API, the store and its user see it. */
class Build {
    #screwdriver;
    #records;
    #find;

    constructor(screwdriver, records, { id, pipelineId, find }) {
        this.#screwdriver = screwdriver;
        this.#records = records;
        this.#find = find;
        this.id = id;
        this.pipelineId = pipelineId;
    }

    /** What its commit statuses are for. */
    get context() {
        return contextOf(this.pipelineId);
    }

    /** The build as the API has it. */
    now() {
        return this.#find();
    }

    async has(status, seconds = 30) {
        let seen;

        return until(
            `status ${status}`,
            async () => {
                seen = await this.now();

                return seen?.status === status && seen;
            },
            seconds
        ).catch(error => {
            throw new Error(`${error.message}; it is ${JSON.stringify(seen)}`);
        });
    }

    /** Resolves with the steps by name, once the step has begun. */
    hasBegun(step, seconds = 30) {
        return until(
            `step ${step}`,
            async () => {
                const steps = await this.steps();

                return steps[step]?.startTime && steps;
            },
            seconds
        );
    }

    /** Resolves when the source code host hears that it runs: the API has that from the launcher, and has not saved it yet. */
    saysRunning() {
        const { statuses } = this.#screwdriver.github;

        // The first one says that it is QUEUED, in the same words.
        return until('RUNNING', () => statuses.filter(({ context }) => context === this.context).length > 1);
    }

    steps() {
        return this.#records.steps(this.id);
    }

    /** Resolves with the log of a step once it has that line: the log service sends it every two seconds. */
    logHas(step, line, seconds = 10) {
        const log = () => this.#screwdriver.store.log(this.id, step);

        return until(`${line} in the log of ${step}`, () => log().includes(line) && log(), seconds);
    }

    /** As a user does it. Resolves with the status of the answer. */
    async abort() {
        const { ask } = require('../api/lib/client');
        const { api, userToken: token } = this.#screwdriver;
        const json = { status: 'ABORTED' };

        return (await ask(api, 'PUT', `builds/${this.id}`, { token, json })).status;
    }

    /** Resolves once the engine has nothing of it. */
    isGone() {
        const isOfIt = name => `${name}-`.includes(`sd-build-${this.id}-`);

        return until('an engine without it', async () => !(await buildsOnEngine()).some(isOfIt), 60);
    }

    /** What the executor was asked for on this build, and how it went. */
    operations() {
        return this.#screwdriver.api.operations().filter(({ buildId }) => buildId === this.id);
    }
}

/** What the commit statuses of a pipeline's build are for. */
function contextOf(pipelineId) {
    return `Screwdriver/${pipelineId}/main`;
}

/** The one of these checks: the hooks boot it. */
const screwdriver = new Screwdriver();

module.exports = { screwdriver };
