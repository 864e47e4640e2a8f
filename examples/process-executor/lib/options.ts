import { homedir } from 'node:os';
import { join, normalize, resolve } from 'node:path';
import joi = require('joi');

/** The longest delay of a timer in Node, which fires at once above it: 24 days. */
const LONGEST_WAIT = 2 ** 31 - 1;
const LONGEST_TIMEOUT = Math.floor(LONGEST_WAIT / 60_000);

/**
 * The options of the constructor. Other keys are allowed: the API adds its `ecosystem`. Numbers may be strings, since
 * settings often come from the environment.
 */
export interface ProcessOptions {
    /**
     * Folder for the builds. It contains a folder for each running build, and a log for every build, `<build id>.log`.
     * Created if it does not exist. @default '~/.screwdriver/builds'
     */
    workspaceRoot?: string;
    /**
     * Folder with the `launch` script and what it needs: the content of the launcher's image.
     * @default '/opt/sd'
     */
    jobTools?: string;
    /**
     * Path of the job tools inside the build's own folder, since several builds run at a time.
     * @default 'opt/sd'
     */
    mountPoint?: string;
    /** Milliseconds between TERM and KILL for a build's processes. At most 24 days. @default 5000 */
    gracePeriod?: number;
    /** Minutes for a build without a timeout annotation, at most 24 days. @default 90 */
    buildTimeout?: number;
    /** Maximum minutes that an annotation can request, at most 24 days. @default 120 */
    maxBuildTimeout?: number;
    /**
     * Variables for every build, in addition to the few that are passed on, such as the address of a proxy. @default {}
     */
    environment?: Record<string, string>;
    [key: string]: unknown;
}

export type Settings = Required<Pick<ProcessOptions, 'workspaceRoot' | 'jobTools' | 'mountPoint'>> &
    Required<Pick<ProcessOptions, 'gracePeriod' | 'buildTimeout' | 'maxBuildTimeout' | 'environment'>>;

const minutes = joi
    .number()
    .positive()
    .max(LONGEST_TIMEOUT)
    .messages({
        'number.max': `{{#label}} must be at most ${LONGEST_TIMEOUT} minutes: no timer can wait for longer`,
        'number.unsafe': `{{#label}} must be at most ${LONGEST_TIMEOUT} minutes: no timer can wait for longer`
    });

const schema = refusingMisspelt(
    joi.object<Settings>({
        workspaceRoot: joi.string().default(() => join(homedir(), '.screwdriver', 'builds')),
        jobTools: joi.string().default('/opt/sd'),
        mountPoint: joi
            .string()
            .custom((path: string, { error }) => (isInside(path) ? path : error('any.invalid')))
            .default(join('opt', 'sd'))
            .messages({ 'any.invalid': '{{#label}} must be a path inside the folder of the build' }),
        gracePeriod: joi.number().min(0).max(LONGEST_WAIT).default(5_000),
        buildTimeout: minutes.default(90),
        maxBuildTimeout: minutes.default(120),
        environment: joi.object().pattern(joi.string(), joi.string().allow('')).default({})
    })
).unknown();

/**
 * Treats a key that differs from a known one only in case, `-` or `_` as a mistake. Accepts other unknown keys, since
 * the API and the router add some.
 */
function refusingMisspelt<T>(known: joi.ObjectSchema<T>): joi.ObjectSchema<T> {
    const { keys } = known.describe() as { keys: object };

    return Object.keys(keys).reduce(
        (all, key) =>
            all.pattern(
                new RegExp(`^[-_]*${[...key].join('[-_]*')}[-_]*$`, 'i'),
                joi.forbidden().messages({ 'any.unknown': `{{#label}} is not an option: it is called "${key}"` })
            ),
        known
    );
}

/** The options with their defaults. Throws Joi's ValidationError with all mistakes, when the API boots. */
export function settingsFrom(options: ProcessOptions = {}): Settings {
    const result = schema.validate(options, { abortEarly: false });

    // Without the values: the environment of builds may contain a password.
    if (result.error) {
        throw new joi.ValidationError(result.error.message, result.error.details.map(withoutValue), undefined);
    }
    const settings = result.value;

    // The process may change its working directory later.
    return {
        ...settings,
        workspaceRoot: resolve(settings.workspaceRoot),
        jobTools: resolve(settings.jobTools)
    };
}

function withoutValue({ message, path, type }: joi.ValidationErrorItem): joi.ValidationErrorItem {
    return { message, path, type };
}

function isInside(path: string): boolean {
    const first = normalize(path).split('/')[0];

    return first !== '' && first !== '.' && first !== '..';
}
