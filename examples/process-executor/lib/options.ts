import { homedir } from 'node:os';
import { join, normalize, resolve } from 'node:path';
import joi = require('joi');

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
    /** Milliseconds that a build's processes have to end after TERM; then comes KILL. @default 5000 */
    gracePeriod?: number;
    /** Minutes for a build without a timeout annotation. @default 90 */
    buildTimeout?: number;
    /** The most minutes that an annotation can ask for. @default 120 */
    maxBuildTimeout?: number;
    /** Variables for every build, beside the few that are handed on: a proxy's address, say. @default {} */
    environment?: Record<string, string>;
    [key: string]: unknown;
}

export type Settings = Required<Pick<ProcessOptions, 'workspaceRoot' | 'jobTools' | 'mountPoint'>> &
    Required<Pick<ProcessOptions, 'gracePeriod' | 'buildTimeout' | 'maxBuildTimeout' | 'environment'>>;

const schema = joi
    .object<Settings>({
        workspaceRoot: joi.string().default(() => join(homedir(), '.screwdriver', 'builds')),
        jobTools: joi.string().default('/opt/sd'),
        mountPoint: joi
            .string()
            .custom((path: string, { error }) => (isInside(path) ? path : error('any.invalid')))
            .default(join('opt', 'sd'))
            .messages({ 'any.invalid': '{{#label}} must be a path inside the folder of the build' }),
        gracePeriod: joi.number().min(0).default(5_000),
        buildTimeout: joi.number().positive().default(90),
        maxBuildTimeout: joi.number().positive().default(120),
        environment: joi.object().pattern(joi.string(), joi.string().allow('')).default({})
    })
    .unknown();

/** The options with their defaults. Throws Joi's ValidationError: a wrong setting is found when the API boots. */
export function settingsFrom(options: ProcessOptions = {}): Settings {
    const settings = joi.attempt(options, schema);

    // The process may change its folder later.
    return {
        ...settings,
        workspaceRoot: resolve(settings.workspaceRoot),
        jobTools: resolve(settings.jobTools)
    };
}

function isInside(path: string): boolean {
    const first = normalize(path).split('/')[0];

    return first !== '' && first !== '.' && first !== '..';
}
