import { homedir } from 'node:os';
import { join, normalize, resolve } from 'node:path';
import joi = require('joi');

/** What a timer of Node can wait for, above which it fires at once: 24 days. */
const LONGEST_WAIT = 2 ** 31 - 1;
const LONGEST_TIMEOUT = Math.floor(LONGEST_WAIT / 60_000);

/**
 * What the constructor takes. Other keys are allowed: the API adds its `ecosystem`. Values may be strings, as a
 * cluster's settings often come from the environment.
 */
export interface ProcessOptions {
    /**
     * Folder for the builds: each gets a folder of its own in it while it runs, and a log, `<build id>.log`, which
     * stays. Made if it is not there. @default '~/.screwdriver/builds'
     */
    workspaceRoot?: string;
    /**
     * Folder that holds the `launch` script and what it needs: the content of the launcher's image.
     * @default '/opt/sd'
     */
    jobTools?: string;
    /**
     * Where a build finds the job tools: a path inside the build's own folder, since builds run side by side.
     * @default 'opt/sd'
     */
    mountPoint?: string;
    /** Milliseconds that a build's processes have to end after TERM; then comes KILL. At most 24 days. @default 5000 */
    gracePeriod?: number;
    /** Minutes for a build without a timeout annotation, at most 24 days. @default 90 */
    buildTimeout?: number;
    /** The most minutes that an annotation can ask for, at most 24 days. @default 120 */
    maxBuildTimeout?: number;
    /** Variables for every build, beside the few that are handed on: a proxy's address, say. @default {} */
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
 * A key that differs from a known one in case, `-` or `_` alone is a mistake. Other unknown ones are not: the API and
 * the router add theirs.
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

/** The options with their defaults. Throws Joi's ValidationError with all that is wrong, when the API boots. */
export function settingsFrom(options: ProcessOptions = {}): Settings {
    const result = schema.validate(options, { abortEarly: false });

    // Without the values: the environment of builds may hold a password.
    if (result.error) {
        throw new joi.ValidationError(result.error.message, result.error.details.map(withoutValue), undefined);
    }
    const settings = result.value;

    // The process may change its folder later.
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
