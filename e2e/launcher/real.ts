import fs = require('node:fs');
import os = require('node:os');
import path = require('node:path');
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { install } from '../api/lib/installation';
import { installPlugin } from '../api/lib/plugin';
import { startGithub } from '../support/github';
import { startStore } from '../support/store';
import { until } from '../support/until';
import { images } from '../images';
import { Build, contextOf, type BuildRow, type Step } from './build';
import type { Api } from '../support/real-api';

const SOURCE = path.join(__dirname, '../../examples/docker-executor');
const USERNAME = 'someone';
/** Short for builds that their timer ends. Builds of `start` have the usual time, unless the caller says otherwise. */
const STOP_SECONDS = 10;
const GRACE = { 'screwdriver.cd/terminationGracePeriodSeconds': 60 };
const PASSWORD = 'a password that seals the tokens of users';

/** The commands of a job by the names of its steps. */
export type Steps = Record<string, string>;

/** A job of a pipeline. */
interface Job {
    steps?: Steps;
    image?: string;
    annotations?: object;
}

/** The part of the API's database that the checks need. */
export interface ApiRecords {
    scmContext: string;
    close(): Promise<void>;
    user(username: string, sealedToken: string): Promise<void>;
    pipeline(jobs: Record<string, Job>): Promise<{ id: number; jobIds: Record<string, number> }>;
    event(pipeline: object, edges: string[][]): Promise<number>;
    build(build: object): Promise<number>;
    buildOf(jobId: number | undefined): Promise<BuildRow | undefined>;
    steps(buildId: number): Promise<Record<string, Step>>;
}

/** A whole Screwdriver: the real API with the Docker executor in its process, a store and a source code host. */
export class Screwdriver {
    /** Its `milliseconds` say how long a commit status takes. */
    github!: Awaited<ReturnType<typeof startGithub>>;
    store!: Awaited<ReturnType<typeof startStore>>;
    api!: Api;
    #records!: ApiRecords;
    #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'screwdriver-e2e-'));

    async boot() {
        this.github = await startGithub();
        this.store = await startStore();
        await install();
        installPlugin(SOURCE);
        // Modules in the API's tree can be loaded from here on.
        const { ScrewdriverApi } = require('../api/lib/screwdriver-api');
        const { Records } = require('../api/lib/records');
        const { name } = JSON.parse(fs.readFileSync(path.join(SOURCE, 'package.json'), 'utf8'));
        const scm = { oauthClientId: 'none', oauthClientSecret: 'none', secret: 'none', gheProtocol: 'http' };

        this.api = new ScrewdriverApi({
            folder: path.join(this.#folder, 'api'),
            plugin: {
                name: name.replace('screwdriver-executor-', ''),
                options: { jobToolsImage: images.official, network: 'host', stopSeconds: STOP_SECONDS }
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
        }) as Api;
        await this.api.boot();
        this.#records = new Records(this.api, { scmHost: this.github.host, admins: { [USERNAME]: true } });
        const iron = require('../api/node_modules/@hapi/iron');

        await this.#records.user(USERNAME, await iron.seal('a-token', PASSWORD, iron.defaults));
    }

    /**
     * Makes the API start a build by itself. Resolves once the build exists.
     *
     * @param job with the milliseconds that the source code host takes for its commit statuses, if they are not the usual
     *   ones
     */
    async start({
        steps,
        image = images.build('ok'),
        annotations = GRACE,
        scmDelay
    }: Job & { steps: Steps; scmDelay?: number }) {
        const { Workflow } = require('../api/lib/workflow');
        const pipeline = await this.#records.pipeline({ begin: {}, main: { steps, image, annotations } });
        const { api } = this;

        if (scmDelay !== undefined) this.github.delays.set(contextOf(pipeline.id), scmDelay);
        // It ends when the executor's start has resolved.
        const run: Promise<unknown> = Workflow.run({
            api,
            records: this.#records,
            pipeline,
            edges: [['begin', 'main']]
        });
        const find = () => this.#records.buildOf(pipeline.jobIds.main);
        const found = until('the build', find);
        const { id } = await Promise.race([found, run.then(() => found)]);

        return new Build(this, this.#records, { id, pipelineId: pipeline.id, find });
    }

    /** A build in the API that no executor is asked to start, a config with its build token, and its temporal token. */
    async buildWithToken(steps: Steps = {}) {
        const { temporalToken } = require('../api/lib/tokens');
        const pipeline = await this.#records.pipeline({ main: { steps } });
        const eventId = await this.#records.event(pipeline, [['~commit', 'main']]);
        const ids = { jobId: pipeline.jobIds.main, eventId };
        const all = { 'sd-setup-launcher': undefined, ...steps };
        const buildId = await this.#records.build({ ...ids, status: 'QUEUED', steps: all });
        const { scmContext } = this.#records;
        const claims = { ...ids, buildId, pipelineId: pipeline.id, scmContext };
        const config = { apiUri: this.api.uri, buildId, token: temporalToken(this.api.privateKey, claims) as string };
        const token = await new MemoryExecutor().exchangeTokenForBuild(config, 10);
        const find = () => this.#records.buildOf(ids.jobId);
        const build = new Build(this, this.#records, { id: buildId, pipelineId: pipeline.id, find });

        return { build, config: { ...config, token }, temporalToken: config.token };
    }

    /** A user's token, for what is done to builds by hand. */
    get userToken(): string {
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

/** The Screwdriver of these checks, which the hooks boot. */
export const screwdriver = new Screwdriver();
