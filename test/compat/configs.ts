import { calls } from '../fixtures/real-configs.json';

export type Config = Record<string, any>;

/** A build's model as the API passes it: an instance with methods, which JSON cannot contain. */
export class BuildModel {
    constructor(fields: object) {
        Object.assign(this, fields);
    }

    update() {
        return Promise.resolve(this);
    }
}

/** The config that the real API passed, with its functions restored. */
export function real(operation: keyof typeof calls): Config {
    const config: Config = structuredClone(calls[operation].config);

    if (operation === 'start') {
        config.build = new BuildModel(config.build);
        config.tokenGen = function tokenGen() {
            return 'token';
        };
    }

    return config;
}

export const minimal = (): Config => ({
    buildId: 15,
    container: 'node:20',
    apiUri: 'http://api.example',
    token: 'abcdefg'
});

/** A JWT whose payload says that the pull request's job was made from job 99. */
const pullRequestToken = [{ alg: 'none' }, { username: 15, prParentJobId: 99 }, {}]
    .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');

const annotated = (annotations: object) => () => ({ ...real('start'), annotations });

/**
 * Start configs that must be accepted, keyed by their peculiarity. Each call makes a new one, since executors may
 * change it.
 */
export const VALID: Record<string, () => Config> = {
    'what the API passes': () => real('start'),
    'only what is required': minimal,
    'a build id in a string': () => ({ ...minimal(), buildId: '15' }),
    'keys that no schema knows': () => ({ ...real('start'), surprise: { nested: [1, null] } }),
    'plain annotations': annotated({
        'screwdriver.cd/cpu': 'TURBO',
        'screwdriver.cd/ram': 'MICRO',
        'screwdriver.cd/disk': 'HIGH',
        'screwdriver.cd/diskSpeed': 'HIGH',
        'screwdriver.cd/timeout': 60,
        'screwdriver.cd/nodeLabel': 'ubuntu',
        'screwdriver.cd/dockerEnabled': true,
        'screwdriver.cd/dockerCpu': 'HIGH',
        'screwdriver.cd/dockerRam': 'HIGH',
        'screwdriver.cd/terminationGracePeriodSeconds': 90
    }),
    'beta annotations': annotated({
        'beta.screwdriver.cd/cpu': 'HIGH',
        'beta.screwdriver.cd/ram': 'HIGH',
        'beta.screwdriver.cd/timeout': 30,
        'beta.screwdriver.cd/rootlessBuildkitEnabled': true,
        'beta.screwdriver.cd/buildkitCpu': 'TURBO',
        'beta.screwdriver.cd/buildkitRam': 'TURBO'
    }),
    'numbers for cpu and ram': annotated({ 'screwdriver.cd/cpu': 8, 'screwdriver.cd/ram': 99 }),
    'numbers in strings': annotated({ 'screwdriver.cd/timeout': '45', 'screwdriver.cd/cpu': '4' }),
    'a timeout beyond the limit': annotated({ 'screwdriver.cd/timeout': 5000 }),
    'a timeout that is no number': annotated({ 'screwdriver.cd/timeout': 'soon' }),
    'a timeout of zero': annotated({ 'screwdriver.cd/timeout': 0 }),
    'annotations of other tools': annotated({ 'example.com/cpu': 'HIGH', screwdriver: true, 'screwdriver.cd/new': 1 }),
    'no annotations in the object': annotated({}),
    'a pull request': () => ({
        ...real('start'),
        jobName: 'PR-15:main',
        isPR: true,
        prNum: 15,
        prParentJobId: 99,
        token: pullRequestToken
    }),
    'a stage job': () => ({ ...real('start'), jobName: 'stage@canary:setup' }),
    'a template': () => ({
        ...real('start'),
        template: { id: 3, fullName: 'node/npm-install', name: 'npm-install', namespace: 'node', version: '1.2.3' }
    }),
    'an image in a registry': () => ({ ...minimal(), container: 'registry.example:5000/team/image:1.2' }),
    'an image without a tag': () => ({ ...minimal(), container: 'node' }),
    'an image by digest': () => ({ ...minimal(), container: `node@sha256:${'a'.repeat(64)}` }),
    'a provider': () => ({ ...minimal(), provider: { region: 'us-west-2', accountId: 123456789012 } }),
    'an object without prototype': () => Object.assign(Object.create(null), minimal()),
    'a frozen config': () => Object.freeze(minimal()),
    'quotes and newlines in the token': () => ({ ...minimal(), token: 'a"b\nc $(d)' })
};

/** Configs that start, stop, verify or status rejects. */
export const INVALID: Record<string, () => unknown> = {
    nothing: () => undefined,
    null: () => null,
    'a string': () => 'config',
    'a list': () => [],
    'a function': () => function callback() {},
    'an empty object': () => ({}),
    'no build id': () => ({ ...minimal(), buildId: undefined }),
    'a build id that is no number': () => ({ ...minimal(), buildId: 'fifteen' }),
    'a negative build id': () => ({ ...minimal(), buildId: -1 }),
    'a fractional build id': () => ({ ...minimal(), buildId: 1.5 }),
    'a hostile build id': () => ({ ...minimal(), buildId: '15/../../16' }),
    'no container': () => ({ ...minimal(), container: undefined }),
    'a container that is no string': () => ({ ...minimal(), container: 20 }),
    'an empty token': () => ({ ...minimal(), token: '' }),
    'a token that is no string': () => ({ ...minimal(), token: { secret: 'abcdefg' } }),
    'no API': () => ({ ...minimal(), apiUri: undefined }),
    'an API that is no URI': () => ({ ...minimal(), apiUri: 'not a uri' }),
    'annotations in a string': () => ({ ...minimal(), annotations: 'cpu=HIGH' }),
    'an annotation that no schema allows': () => ({ ...minimal(), annotations: { 'spaced out': 1 } }),
    'a job name that no schema allows': () => ({ ...minimal(), jobName: 'no spaces allowed' }),
    'a job state that does not exist': () => ({ ...minimal(), jobState: 'SLEEPING' }),
    'a token generator that is no function': () => ({ ...minimal(), tokenGen: 'token' }),
    'a pipeline without its SCM': () => ({ ...minimal(), pipeline: { id: 1 } }),
    'a template id that is no number': () => ({ ...minimal(), template: { id: 'x' } }),
    'a freeze window that is no cron': () => ({ ...minimal(), freezeWindows: ['whenever'] }),
    'a provider without an account': () => ({ ...minimal(), provider: { region: 'nowhere' } })
};
