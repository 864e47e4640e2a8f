import { types } from 'node:util';
import { TOKEN } from './token';

type Predicate = (value: unknown) => boolean;
type Shape = Record<string, Predicate>;

const optional =
    (check: Predicate): Predicate =>
    value =>
        value === undefined || check(value);
const text =
    (pattern: RegExp): Predicate =>
    value =>
        typeof value === 'string' && pattern.test(value);

const anyObject: Predicate = value => typeof value === 'object' && value !== null && !Array.isArray(value);
const anyFunction: Predicate = value => typeof value === 'function';
const flag: Predicate = value => typeof value === 'boolean';
const notEmpty: Predicate = value => typeof value === 'string' && value !== '';
const digits = text(/^[1-9]\d{0,14}$/);
const id: Predicate = value => (Number.isSafeInteger(value) && (value as number) > 0) || digits(value);
const ids: Predicate = value => isPlainArray(value) && value.every(id);
const none: Predicate = value => isPlainArray(value) && value.length === 0;
const uri = text(/^https?:\/\/[a-zA-Z\d][a-zA-Z\d.-]{0,200}(?::\d{1,5})?(?:\/[\w./-]*)?$/);

/** The last URI that was parsed: a process has one API. */
let parsed: unknown;

const parsableUri: Predicate = value => {
    if (!uri(value)) return false;
    // Stryker disable next-line ConditionalExpression: a URI that is parsed again takes time, and nothing else
    if (value !== parsed && URL.canParse(value as string)) parsed = value;

    return value === parsed;
};

const STATUS: Shape = {
    buildId: id,
    jobId: optional(id),
    pipelineId: optional(id),
    // Rare, and has many keys.
    provider: value => value === undefined,
    token: optional(notEmpty)
};

const STOP: Shape = {
    ...STATUS,
    annotations: optional(anyObject),
    apiUri: uri,
    blockedBy: optional(ids),
    buildClusterName: optional(text(/^[\w.-]{1,50}$/)),
    // Joi judges cron expressions.
    freezeWindows: optional(none),
    jobName: optional(text(/^(?:PR-\d{1,10}:)?[\w-]{1,90}$/))
};

const PIPELINE: Shape = {
    id: id,
    name: value => value === undefined || value === null || notEmpty(value),
    scmContext: text(/^[^:]{1,60}:[^:]{1,60}$/),
    configPipelineId: value => value === undefined || value === null || id(value)
};

const TEMPLATE: Shape = {
    id: optional(id),
    fullName: optional(text(/^(?:[\w-]{1,30}\/)?[\w-]{1,30}$/)),
    name: optional(text(/^[\w/-]{1,64}$/)),
    namespace: optional(text(/^[\w-]{1,64}$/)),
    version: optional(text(/^\d{1,4}(?:\.\d{1,4}){0,2}$/))
};

const START: Shape = {
    ...STOP,
    build: optional(anyObject),
    causeMessage: optional(text(/^[^]{0,512}$/)),
    container: notEmpty,
    enqueueTime: value => value === undefined,
    eventId: optional(id),
    isPR: optional(flag),
    jobArchived: optional(flag),
    jobState: optional(text(/^(?:ENABLED|DISABLED)$/)),
    pipeline: optional(fitting(PIPELINE)),
    prNum: optional(id),
    prParentJobId: optional(id),
    template: optional(fitting(TEMPLATE)),
    token: notEmpty,
    tokenGen: optional(anyFunction)
};

const EXCHANGE: Shape = {
    token: text(TOKEN),
    apiUri: parsableUri,
    buildId: id
};

const CHECKS = {
    start: fitting(START),
    verify: fitting(START),
    stop: fitting(STOP),
    status: fitting(STATUS),
    exchange: fitting(EXCHANGE),
    exchangeOptions: options => isPlain(options, Object.prototype) && Reflect.ownKeys(options).length === 0
} satisfies Record<string, Predicate>;

/**
 * Whether a config is so plain that Joi would certainly accept it. False means nothing: Joi then decides.
 *
 * Saves the first call in a process from loading Joi and several hundred schemas.
 */
export function isPlainlyValid(name: keyof typeof CHECKS, config: unknown): boolean {
    return CHECKS[name](config);
}

function fitting(shape: Shape): Predicate {
    const checks = Object.entries(shape);

    return value => {
        if (!isPlain(value, Object.prototype) || Object.hasOwn(value, '__proto__')) return false;
        const config = value as Record<string, unknown>;

        // Joi reads inherited keys as well, so a key must either be the object's own or not exist.
        return checks.every(([key, check]) => (Object.hasOwn(config, key) || !(key in config)) && check(config[key]));
    };
}

function isPlainArray(value: unknown): value is unknown[] {
    if (!isPlain(value, Array.prototype)) return false;
    const { length } = value as unknown[];

    // The keys of a plain array are its indices, then its length. Anything else means holes or tricks.
    return Reflect.ownKeys(value).every((key, index) => key === (index === length ? 'length' : String(index)));
}

/** Whether reading it runs no code and always gives the same: no class, proxy, accessor or hidden property. */
function isPlain(value: unknown, prototype: object): value is object {
    if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
    if (Object.getPrototypeOf(value) !== prototype) return false;

    return Reflect.ownKeys(value).every(key => {
        const property = Object.getOwnPropertyDescriptor(value, key);

        return 'value' in property! && (property.enumerable || key === 'length') && !types.isProxy(property.value);
    });
}
