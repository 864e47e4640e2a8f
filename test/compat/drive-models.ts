import { Recording } from './child/recording';
import type { Load } from './child/load';
import type { Started } from './executors';

type Row = Record<string, unknown>;

/** What the models request from a datastore. */
interface Query {
    table: string;
    params?: Row | undefined;
}

const PIPELINE = {
    id: 1,
    name: 'demo/repo',
    scmUri: 'github.com:12345:main',
    scmContext: 'github:github.com',
    admins: {},
    createTime: '2026-11-23T00:00:00.000Z',
    state: 'ACTIVE'
};
const JOB = {
    id: 2,
    name: 'main',
    pipelineId: 1,
    state: 'ENABLED',
    archived: false,
    permutations: [
        {
            image: 'node:20',
            commands: [{ name: 'test', command: 'npm test' }],
            annotations: { 'screwdriver.cd/cpu': 'HIGH', 'screwdriver.cd/timeout': 45 }
        }
    ]
};
const EVENT = {
    id: 3,
    pipelineId: 1,
    sha: 'a'.repeat(40),
    creator: { username: 'someone' },
    meta: {},
    workflowGraph: {}
};
const BUILD = {
    id: 13,
    jobId: 2,
    eventId: 3,
    container: 'node:20',
    status: 'QUEUED',
    sha: 'a'.repeat(40),
    createTime: '2026-11-23T00:00:00.000Z',
    environment: {},
    meta: {}
};

/**
 * The build model of screwdriver-models drives an executor as the API does: constructed with the ecosystem and its
 * options, `name`, `tokenGen` and `userTokenGen` assigned on the instance, then start, RUNNING (timer), SUCCESS (stop,
 * timer), and a start that fails. Returns one trace per executor.
 */
export = async (load: Load) => {
    const traces: Record<string, unknown[]> = {};

    load.base();
    for (const name of ['docker', 'jenkins', 'k8s', 'k8s-vm', 'nomad', 'queue', 'router']) {
        const recording = new Recording(load);
        const started = await recording.executor(name);

        started.executor.name = name;
        started.executor.tokenGen = (
            id: number,
            _metadata: object,
            _scmContext: string,
            minutes: number,
            [scope]: string[]
        ) => `${id}.${scope}.${minutes}`;
        started.executor.userTokenGen = () => 'user-token';
        const build = await makeBuild(load, started);

        await recording.call(build, 'start', { causeMessage: 'Started by someone' });
        Object.assign(build, { status: 'RUNNING', startTime: '2026-11-23T00:00:01.000Z' });
        await recording.call(build, 'update');
        Object.assign(build, { status: 'SUCCESS', endTime: '2026-11-23T00:00:02.000Z' });
        await recording.call(build, 'update');
        await recording.call(build, 'stopFrozen', 'FROZEN');
        await recording.call(build, 'unzipArtifacts');

        // The model stops the build as soon as its start has failed, while concurrent requests of the start may still
        // come.
        recording.unordered = true;
        for (const engine of started.engines) engine.fail('error');
        await recording.call(await makeBuild(load, started), 'start');
        await recording.close();
        // A model shows its rows, which do not concern the executor.
        traces[name] = recording.trace.map(({ value, ...event }) => ({
            ...event,
            value: value?.status ?? typeof value
        }));
    }

    return traces;
};

function makeBuild(load: Load, { executor, api }: Started): Promise<any> {
    const { BuildFactory, JobFactory, PipelineFactory, EventFactory, StepFactory } = load('screwdriver-models');
    const config = { datastore: new Rows(), scm, executor, uiUri: 'http://ui.example', bookend: {} };

    for (const Factory of [JobFactory, PipelineFactory, EventFactory, StepFactory]) Factory.getInstance(config);
    const factory = new BuildFactory(config);

    factory.apiUri = api.uri;
    factory.tokenGen = executor.tokenGen;

    return factory.get(13);
}

/** A minimal datastore: rows by table, taken from the constants above. */
class Rows {
    readonly #tables: Record<string, Row[]> = {
        pipelines: [structuredClone(PIPELINE)],
        jobs: [structuredClone(JOB)],
        events: [structuredClone(EVENT)],
        builds: [structuredClone(BUILD)]
    };

    async get({ table, params }: Query): Promise<Row | null> {
        return (await this.scan({ table, params }))[0] ?? null;
    }

    scan({ table, params = {} }: Query): Promise<Row[]> {
        const fits = (row: Row) => Object.entries(params).every(([key, value]) => String(row[key]) === String(value));

        return Promise.resolve((this.#tables[table] ?? []).filter(fits));
    }

    update({ params }: Query): Promise<Row | undefined> {
        return Promise.resolve(params);
    }
}

/** A source control that accepts every status and returns nothing. */
const scm = new Proxy({}, { get: (_, name) => (name === 'then' ? undefined : () => Promise.resolve({})) });
