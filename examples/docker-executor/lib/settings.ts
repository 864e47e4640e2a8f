import { debuglog } from 'node:util';
import joi = require('joi');
import type { EngineOptions } from './engine';

/** How the official launcher keeps caches: `s3`, in the store, or `disk`, below a path of the engine's host. */
interface Cache {
    strategy: 's3' | 'disk';
    path: string;
    compress: boolean;
    md5check: boolean;
    max_size_mb: number;
    max_go_threads: number;
}

/** The only place for the official job tools: the path is compiled into them. */
const OFFICIAL_MOUNT_POINT = '/opt/sd';

/** The maximum length, so that a whole name fits into the 63 characters of a DNS label. */
const LONGEST_PREFIX = 40;

/** dockerode's options for the connection to an engine. */
const ADDRESS = [
    'socketPath',
    'host',
    'port',
    'protocol',
    'username',
    'ca',
    'cert',
    'key',
    'timeout',
    'version',
    'agent'
];

const DEFAULTS = {
    /** The image that holds the job tools. */
    jobToolsImage: 'screwdrivercd/launcher:stable',
    /** What that image contains: what Screwdriver's own does, `official`, or a `launch` that needs nothing else. */
    jobTools: 'official' as 'official' | 'launch',
    /** Where the job tools are, in their image and in the build's container: a folder with the launch script. */
    mountPoint: OFFICIAL_MOUNT_POINT,
    /** The build's network: the engine's default, unless it is named. */
    network: '',
    /** Whether builds have the folder /hab of that image, in the same place: the programs of Habitat. */
    habitat: false,
    /** A PEM file on the engine's host: the root certificates that a build trusts instead of those of its image. */
    caFile: '',
    /**
     * The maximum number of processes and threads of a build, 0 for no limit. A parallel build of a large project has some
     * hundreds. Eight runaway builds fit into the 32768 that a kernel has by default.
     */
    pidsLimit: 4096,
    /** If true, no process of a build can get more rights than its parent, as with `sudo`. */
    noNewPrivileges: false,
    /** Capabilities that a build does not have, `ALL` for all of them. */
    dropCapabilities: [] as string[],
    /** When to pull an image: `missing`, or `always` to follow tags that move. */
    pull: 'missing' as 'missing' | 'always',
    /** The beginning of every name that this executor creates, so that two can share an engine. */
    prefix: 'sd-',
    /** How long a build may take to end after TERM, unless its annotation terminationGracePeriodSeconds says more. */
    stopSeconds: 60,
    /** For hosts whose process ends with its answer: stop waits for the end, and nothing goes on after an answer. */
    processPerCall: false,
    /** The maximum seconds that a start may take there. */
    startWait: 240,
    /** The maximum timeout in minutes that a build may request. */
    maxBuildTimeout: 720,
    /** Gets the progress of pulls, and what fails in the background. */
    log: debuglog('screwdriver-executor-docker') as (line: string) => void
};

/** What the API adds to the options of its executors. */
interface Ecosystem<CacheType> {
    store?: string;
    ui?: string;
    cache?: CacheType;
}

export type Settings = typeof DEFAULTS & { ecosystem: Ecosystem<Cache> };
/**
 * `docker` says how to reach the engine. The default is `DOCKER_HOST`, or else the usual socket. The contexts of the
 * `docker` command are not read. `ecosystem`, which the API adds, has the addresses of the Screwdriver store
 * and UI, which the official job tools need, and how their launcher keeps caches. Other keys are allowed.
 */
export type Options = Partial<typeof DEFAULTS> & { docker?: EngineOptions; ecosystem?: Ecosystem<Partial<Cache>> };

/** The official job tools need it. */
const address = joi
    .string()
    .uri({ scheme: ['http', 'https'] })
    .required()
    .messages({
        'any.required': `{{#label}} is required, unless jobTools is 'launch': the official job tools need it`
    });
/** With the names and defaults of screwdriver-executor-k8s. */
const cache = wellSpelled({
    strategy: joi.valid('s3', 'disk').default('s3'),
    path: joi
        .string()
        .pattern(/^\/[^:]*$/)
        .default('/')
        .messages({ 'string.pattern.base': '{{#label}} must be a path from the root, without a colon' }),
    compress: joi.boolean().default(false),
    md5check: joi.boolean().default(false),
    max_size_mb: joi.number().integer().min(0).default(0),
    max_go_threads: joi.number().integer().min(1).default(10_000)
});
const rules = {
    jobToolsImage: joi.string(),
    jobTools: joi.valid('official', 'launch'),
    // Without a slash at its end: the engine's errors are recognised by the path of the launch script.
    mountPoint: joi
        .string()
        .replace(/\/+$/, '')
        .pattern(/^\/[^/]/)
        .messages(
            Object.fromEntries(
                ['string.empty', 'string.pattern.base'].map(type => [type, '{{#label}} must be a path below the root'])
            )
        )
        .when('jobTools', { is: 'launch', otherwise: joi.valid(OFFICIAL_MOUNT_POINT) }),
    network: joi.string().allow(''),
    habitat: joi.boolean(),
    caFile: joi.string().allow('').pattern(/^\//, 'an absolute path'),
    pidsLimit: joi.number().integer().min(0),
    noNewPrivileges: joi.boolean(),
    dropCapabilities: joi.array().items(joi.string()),
    pull: joi.valid('missing', 'always'),
    prefix: joi
        .string()
        .max(LONGEST_PREFIX)
        .pattern(/^[a-z0-9][\w.-]*$/i, 'the start of a container name'),
    stopSeconds: joi.number().integer().min(1),
    processPerCall: joi.boolean(),
    startWait: joi.number().positive(),
    maxBuildTimeout: joi.number().positive(),
    log: joi.function()
};
const schema = wellSpelled({
    ...Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, rule.default(defaultOf(name))])),
    ecosystem: joi.when('jobTools', {
        is: 'launch',
        then: joi.object(),
        otherwise: wellSpelled({ store: address, ui: address, cache })
    }),
    docker: wellSpelled({
        ...Object.fromEntries(ADDRESS.map(name => [name, joi.any()])),
        host: joi.string().pattern(/^(https?:\/\/)?[^/]+$/, 'a name or an address'),
        timeout: joi.number().min(0)
    }).with('port', 'host')
}).required();

/**
 * Returns the options with their defaults. Throws Joi's ValidationError for all mistakes at once, so that they are found
 * when the API boots.
 */
export function settingsFrom(options: Options): Settings {
    const given = Object(options) === options ? { ...options, ecosystem: options.ecosystem ?? {} } : options;

    return joi.attempt(given, schema, { abortEarly: false });
}

/**
 * An object with these keys and others. A key that differs from one of these only in case, `-` or `_` is forbidden: it
 * would be ignored, as other keys are.
 */
function wellSpelled(keys: Record<string, joi.Schema>) {
    return Object.keys(keys).reduce((object, key) => {
        const likeIt = new RegExp(`^[-_]*${[...key].join('[-_]*')}[-_]*$`, 'i');

        return object.pattern(
            likeIt,
            joi.forbidden().messages({ 'any.unknown': `{{#label}} must be written "${key}"` })
        );
    }, joi.object(keys).unknown());
}

/** The path of the program that runs in a build's container. */
export function entryPointOf({ jobTools, mountPoint }: Settings) {
    return `${mountPoint}/${jobTools === 'official' ? 'dumb-init' : 'launch'}`;
}

function defaultOf(name: string) {
    // Joi would call a default that is a function itself.
    return () => DEFAULTS[name as keyof typeof DEFAULTS];
}
