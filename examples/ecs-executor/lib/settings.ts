import { debuglog } from 'node:util';
import joi = require('joi');
import type { CapacityProviderStrategyItem, LogConfiguration } from '@aws-sdk/client-ecs';
import type { ClientConfig } from './aws';

const DEFAULTS = {
    cluster: 'default',
    /** Where tasks run, unless there is a strategy of capacity providers. Sizes and limits depend on it in any case. */
    launchType: 'FARGATE' as 'FARGATE' | 'EC2',
    capacityProviderStrategy: [] as CapacityProviderStrategyItem[],
    /** Fargate has only `awsvpc`, which needs subnets. */
    networkMode: 'awsvpc' as 'awsvpc' | 'bridge' | 'host' | 'none',
    subnets: [] as string[],
    securityGroups: [] as string[],
    assignPublicIp: false,
    /** The ARN of the role with which ECS pulls images and reads the tokens of builds. */
    executionRole: '',
    /** The ARN of the role that builds have. None by default. */
    taskRole: '',
    /** For all containers. Without it, nobody sees what a launcher prints. */
    logConfiguration: undefined as LogConfiguration | undefined,
    /** The image with the job tools, in /opt/sd. It needs `cp` and `sleep`. */
    jobToolsImage: 'screwdrivercd/launcher:stable',
    /** The kind of job tools: `official`, as in `screwdrivercd/launcher`, or only a `launch`. */
    jobTools: 'official' as 'official' | 'launch',
    /** The prefix of the names that this executor makes, so that two executors can share an account. */
    prefix: 'sd-',
    /** Seconds that a build may take to end after TERM, unless its annotation terminationGracePeriodSeconds has more. */
    stopSeconds: 60,
    /** The maximum minutes that a build may request. */
    maxBuildTimeout: 720,
    /** Seconds beyond its timeout and its grace time after which a task ends itself. */
    deadlineBuffer: 1800,
    /** Seconds that a task may wait before `verify` says what for. `status` says it at once. */
    stuckSeconds: 600,
    /** Seconds for which ECS may not know a task that it has accepted: it is eventually consistent. */
    settleSeconds: 60,
    /** Milliseconds between two looks at the tasks that somebody waits for. */
    pollEvery: 2000,
    /** The quota of RegisterTaskDefinition and DeregisterTaskDefinition together: requests at once, and per second. */
    registerBurst: 20,
    registerRate: 1,
    /**
     * Seconds that `start` waits for its build to run before it resolves `false` and continues in the background. 240 with
     * `processPerCall`; then it rejects as retryable.
     */
    startWait: 10,
    /** For a host whose processes end with their answer: nothing continues in the background. */
    processPerCall: false,
    /** Milliseconds that AWS may take to answer a request. */
    answerTimeout: 30_000,
    /** Seconds for which a request is retried while AWS is down. */
    awaySeconds: 15,
    /** Gets the errors of work in the background, which nobody awaits. */
    log: debuglog('screwdriver-executor-ecs') as (line: string) => void,
    /** The addresses of Screwdriver's store and UI. The API adds them to the options of its executors. */
    ecosystem: {} as { store?: string; ui?: string }
};

export type Settings = typeof DEFAULTS;
/** `client` goes to the clients of the SDK: region, endpoint, credentials. By default they find these themselves. */
export type Options = Partial<Settings> & { client?: ClientConfig };

/** The most seconds that a container has to end after TERM on Fargate. */
export const FARGATE_GRACE = 120;

const isFargate = { is: 'FARGATE' };
const arn = joi.string().pattern(/^arn:/, 'the ARN of a role');
const texts = joi.array().items(joi.string());
/** Without a store the official log service ends at once, and the launcher waits forever. */
const address = joi
    .string()
    .uri({ scheme: ['http', 'https'] })
    .required()
    .messages({
        'any.required': `{{#label}} is required, unless jobTools is 'launch': the official job tools need it`
    });

const schema = wellSpelled({
    cluster: joi.string(),
    launchType: joi.valid('FARGATE', 'EC2'),
    capacityProviderStrategy: joi.array().items(joi.object()),
    networkMode: joi.when('launchType', {
        ...isFargate,
        then: joi.valid('awsvpc').messages({ 'any.only': '{{#label}} must be awsvpc on Fargate' }),
        otherwise: joi.valid('awsvpc', 'bridge', 'host', 'none')
    }),
    subnets: texts.when('networkMode', { is: 'awsvpc', then: joi.array().min(1) }),
    securityGroups: texts,
    assignPublicIp: joi.boolean(),
    executionRole: arn.messages({ 'string.empty': '{{#label}} is required: ECS reads the tokens of builds with it' }),
    taskRole: arn.allow(''),
    logConfiguration: joi.object(),
    jobToolsImage: joi.string(),
    jobTools: joi.valid('official', 'launch'),
    // Names that begin with it are at most 36 characters long: `startedBy`.
    prefix: joi
        .string()
        .max(20)
        .pattern(/^[a-z][\w-]*$/i, 'the start of a family of task definitions'),
    stopSeconds: joi
        .number()
        .integer()
        .min(2)
        .when('launchType', { ...isFargate, then: joi.number().max(FARGATE_GRACE) }),
    maxBuildTimeout: joi.number().positive(),
    deadlineBuffer: joi.number().min(0),
    stuckSeconds: joi.number().min(0),
    settleSeconds: joi.number().min(0),
    pollEvery: joi.number().positive(),
    registerBurst: joi.number().integer().min(1),
    registerRate: joi.number().positive(),
    startWait: joi.number().positive(),
    processPerCall: joi.boolean(),
    answerTimeout: joi.number().positive(),
    awaySeconds: joi.number().min(0),
    log: joi.function(),
    ecosystem: joi.when('jobTools', {
        is: 'launch',
        then: joi.object(),
        otherwise: wellSpelled({ store: address, ui: address })
    }),
    client: joi.object()
});

/** The options with their defaults. Throws Joi's ValidationError for all mistakes at once, when the API boots. */
export function settingsFrom(options: Options): Settings {
    const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
    const startWait = options?.processPerCall ? 240 : DEFAULTS.startWait;

    return joi.attempt({ ...DEFAULTS, startWait, ...Object.fromEntries(given) }, schema, {
        abortEarly: false
    }) as Settings;
}

/**
 * An object with these keys and others, but none that differs from one of them only in case, `-` or `_`: a misspelled option
 * would have no effect.
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
