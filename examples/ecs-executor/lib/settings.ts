import { debuglog } from 'node:util';
import joi = require('joi');
import type { LogConfiguration, CapacityProviderStrategyItem } from '@aws-sdk/client-ecs';
import type { ClientConfig } from './aws';

const DEFAULTS = {
    cluster: 'default',
    /** Where tasks run, unless a strategy of capacity providers says it. Sizes and limits go by it all the same. */
    launchType: 'FARGATE' as 'FARGATE' | 'EC2',
    capacityProviderStrategy: [] as CapacityProviderStrategyItem[],
    /** Of tasks on EC2: Fargate knows `awsvpc` alone, which needs subnets. */
    networkMode: 'awsvpc' as 'awsvpc' | 'bridge' | 'host' | 'none',
    subnets: [] as string[],
    securityGroups: [] as string[],
    assignPublicIp: false,
    /** The ARN of the role by which ECS pulls images and reads the parameters of builds. */
    executionRole: '',
    /** The ARN of the role that builds have. None by default. */
    taskRole: '',
    /** The key of the builds' parameters: that of the account, unless it is named. */
    kmsKey: '',
    /** Of all containers. Without one nobody sees what a launcher prints. */
    logConfiguration: undefined as LogConfiguration | undefined,
    /** The image that holds the job tools. It needs `cp` and `sleep`. */
    jobToolsImage: 'screwdrivercd/launcher:stable',
    /** Whose job tools they are: `official`, as `screwdrivercd/launcher` has them, or a `launch` alone. */
    jobTools: 'official' as 'official' | 'launch',
    /** Where the job tools are, in their image and in the build's container: a folder with the launch script. */
    mountPoint: '/opt/sd',
    /** In the name of whatever this executor makes, so that two can share an account. */
    prefix: 'sd-',
    /** Seconds that a build may take to end after TERM, unless its annotation terminationGracePeriodSeconds says more. */
    stopSeconds: 60,
    /** The most minutes that a build may ask for. */
    maxBuildTimeout: 720,
    /** Seconds beyond its timeout and its grace time after which a task ends by itself. */
    deadlineBuffer: 1800,
    /** Seconds that a task may wait before `verify` says what for. */
    stuckSeconds: 600,
    /** Seconds for which ECS may not know, or not list, a task that it has taken: it is eventually consistent. */
    settleSeconds: 60,
    /** Milliseconds between two looks at the tasks that are waited for: one request for a hundred of them. */
    pollEvery: 2000,
    /** The quota of RegisterTaskDefinition and DeregisterTaskDefinition together: at once, and per second. */
    registerBurst: 20,
    registerRate: 1,
    /** For a host in which a process ends with its answer: nothing goes on in the background. */
    processPerCall: false,
    /** Milliseconds that AWS may take to answer a request. */
    answerTimeout: 30_000,
    /** Seconds for which a stop, and what a start makes, are tried again while AWS is away. */
    awaySeconds: 15,
    /** Gets what fails in the background: nobody waits for it. */
    log: debuglog('screwdriver-executor-ecs') as (line: string) => void,
    /** Where Screwdriver's store and UI are: the API adds it to the options of its executors. */
    ecosystem: {} as { store?: string; ui?: string }
};

/** Seconds that `start` waits for its build to run: then it resolves `false`, or, with processPerCall, rejects. */
const START_WAIT = { once: 240, beyond: 10 };

/** Fargate's own limit. */
const MOST_GRACE = 120;

export type Settings = typeof DEFAULTS & { startWait: number };
/** `client` goes to the clients of the SDK: region, endpoint, credentials. By default they find these by themselves. */
export type Options = Partial<Settings> & { client?: ClientConfig };

/** Without a store the official log service ends at once, and the launcher waits for ever. */
const address = joi
    .string()
    .uri({ scheme: ['http', 'https'] })
    .required()
    .messages({
        'any.required': `{{#label}} is required, unless jobTools is 'launch': the official job tools need it`
    });
const onFargate = { is: 'FARGATE' };
const texts = joi.array().items(joi.string());
const rules = {
    cluster: joi.string(),
    launchType: joi.valid('FARGATE', 'EC2'),
    capacityProviderStrategy: joi.array().items(joi.object()),
    networkMode: joi.when('launchType', {
        ...onFargate,
        then: joi.valid('awsvpc').messages({ 'any.only': '{{#label}} must be awsvpc on Fargate' }),
        otherwise: joi.valid('awsvpc', 'bridge', 'host', 'none')
    }),
    subnets: texts.when('networkMode', { is: 'awsvpc', then: joi.array().min(1) }),
    securityGroups: texts,
    assignPublicIp: joi.boolean(),
    executionRole: joi
        .string()
        .pattern(/^arn:/, 'the ARN of a role')
        .messages({ 'string.empty': '{{#label}} is required: by it ECS reads the tokens of builds' }),
    taskRole: joi.string().allow('').pattern(/^arn:/, 'the ARN of a role'),
    kmsKey: joi.string().allow(''),
    logConfiguration: joi.object(),
    jobToolsImage: joi.string(),
    jobTools: joi.valid('official', 'launch'),
    mountPoint: joi
        .string()
        .replace(/\/+$/, '')
        .pattern(/^\/[^/]/, 'a path below the root')
        .when('jobTools', { is: 'official', then: joi.valid('/opt/sd') }),
    // What follows it has room in the 36 characters of a task's startedBy.
    prefix: joi
        .string()
        .max(20)
        .pattern(/^[a-z][\w-]*$/i, 'the start of a family of task definitions'),
    stopSeconds: joi
        .number()
        .integer()
        .min(2)
        .when('launchType', { ...onFargate, then: joi.number().max(MOST_GRACE) }),
    maxBuildTimeout: joi.number().positive(),
    deadlineBuffer: joi.number().min(0),
    stuckSeconds: joi.number().min(0),
    settleSeconds: joi.number().min(0),
    pollEvery: joi.number().positive(),
    registerBurst: joi.number().integer().min(1),
    registerRate: joi.number().positive(),
    processPerCall: joi.boolean(),
    answerTimeout: joi.number().positive(),
    awaySeconds: joi.number().min(0),
    log: joi.function()
};
const schema = wellSpelled({
    ...Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, rule.default(defaultOf(name))])),
    startWait: joi
        .number()
        .positive()
        .default(({ processPerCall }: Settings) => (processPerCall ? START_WAIT.once : START_WAIT.beyond)),
    ecosystem: joi.when('jobTools', {
        is: 'launch',
        then: joi.object(),
        otherwise: wellSpelled({ store: address, ui: address })
    }),
    client: joi.object()
}).required();

/**
 * The options with their defaults. Throws Joi's ValidationError for all that is wrong at once: it is found when the API
 * boots.
 */
export function settingsFrom(options: Options): Settings {
    // Joi does not judge its own defaults, and two of ours will not do.
    const needed = {
        executionRole: DEFAULTS.executionRole,
        networkMode: DEFAULTS.networkMode,
        subnets: [],
        ecosystem: {}
    };
    const given = Object(options) === options ? { ...needed, ...options } : options;

    return joi.attempt(given, schema, { abortEarly: false }) as Settings;
}

/** Seconds that a build has to end after TERM. */
export function mostGraceOf({ launchType }: Settings) {
    return launchType === 'FARGATE' ? MOST_GRACE : 3600;
}

/**
 * An object with these keys and others, but none that differs from one of them in case, `-` or `_` alone: it would be
 * passed over, as what others add is.
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

function defaultOf(name: string) {
    // Joi would call a default that is a function itself.
    return () => DEFAULTS[name as keyof typeof DEFAULTS];
}
