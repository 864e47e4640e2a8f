'use strict';

const { debuglog } = require('node:util');
const joi = require('joi');

/** The only place for the official job tools: the path is compiled into them. */
const OFFICIAL_MOUNT_POINT = '/opt/sd';

const DEFAULTS = {
    /** The image that holds the job tools. */
    jobToolsImage: 'screwdrivercd/launcher:stable',
    /** What that image holds: what Screwdriver's own does, `official`, or a `launch` that does without the rest. */
    jobTools: /** @type {'official' | 'launch'} */ ('official'),
    /** Where the job tools are, in their image and in the build's container: a folder with the launch script. */
    mountPoint: OFFICIAL_MOUNT_POINT,
    /** The build's network: the engine's default, unless it is named. */
    network: '',
    /** When to pull an image: `missing`, or `always` to follow tags that move. */
    pull: /** @type {'missing' | 'always'} */ ('missing'),
    /** In the name of whatever this executor makes, so that two can share an engine. */
    prefix: 'sd-',
    /** How long a build may take to end after TERM, unless its annotation terminationGracePeriodSeconds says more. */
    stopSeconds: 60,
    /** For hosts whose process ends with its answer: stop waits for the end, and nothing goes on after an answer. */
    processPerCall: false,
    /** The most seconds that a start may take there. */
    startWait: 240,
    /** The most minutes that a build may ask for. */
    maxBuildTimeout: 720,
    /** Gets the progress of pulls. */
    log: /** @type {(line: string) => void} */ (debuglog('screwdriver-executor-docker'))
};

/** @typedef {typeof DEFAULTS & { ecosystem: { store?: string, ui?: string } }} Settings */
/**
 * `docker` says how to reach the engine; without it `DOCKER_HOST` does, or else it is the one at the usual socket. The
 * contexts of the `docker` command are not read. `ecosystem`, which the API adds, has the addresses of the Screwdriver store
 * and UI: the official job tools need both. Other keys are allowed.
 *
 * @typedef {Partial<Settings> & { docker?: import('dockerode').DockerOptions }} Options
 */

const rules = {
    jobToolsImage: joi.string(),
    jobTools: joi.valid('official', 'launch'),
    mountPoint: joi.string().pattern(/^\//, 'a path from the root'),
    network: joi.string().allow(''),
    pull: joi.valid('missing', 'always'),
    prefix: joi.string().pattern(/^[a-z0-9][\w.-]*$/i, 'the start of a container name'),
    stopSeconds: joi.number().min(0),
    processPerCall: joi.boolean(),
    startWait: joi.number().positive(),
    maxBuildTimeout: joi.number().positive(),
    log: joi.function()
};
const schema = joi
    .object({
        ...Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, rule.default(defaultOf(name))])),
        ecosystem: joi.object(),
        docker: joi
            .object({
                host: joi.string().pattern(/^(https?:\/\/)?[^/]+$/, 'a name or an address'),
                timeout: joi.number().min(0)
            })
            .with('port', 'host')
            .unknown()
    })
    .required()
    .unknown();
const address = joi
    .string()
    .uri({ scheme: ['http', 'https'] })
    .required()
    .messages({
        'any.required': `{{#label}} is required, unless jobTools is 'launch': the official job tools need it`
    });
const officialSchema = joi
    .object({
        mountPoint: joi.valid(OFFICIAL_MOUNT_POINT),
        ecosystem: joi.object({ store: address, ui: address }).unknown()
    })
    .unknown();

/**
 * The options with their defaults. Throws Joi's ValidationError: a wrong setting is found when the API boots.
 *
 * @param {Options} options
 * @returns {Settings}
 */
function settingsFrom(options) {
    const { ecosystem = {}, ...rest } = joi.attempt(options, schema);
    // As the path of the launch script has it, by which the engine's errors are told apart.
    const settings = { ...rest, ecosystem, mountPoint: rest.mountPoint.replace(/\/+$/, '') };

    return settings.jobTools === 'official' ? joi.attempt(settings, officialSchema) : settings;
}

/**
 * Path of what runs in a build's container.
 *
 * @param {Settings} settings
 */
function entryPointOf({ jobTools, mountPoint }) {
    return `${mountPoint}/${jobTools === 'official' ? 'dumb-init' : 'launch'}`;
}

/** @param {string} name */
function defaultOf(name) {
    // Joi would call a default that is a function itself.
    return () => DEFAULTS[/** @type {keyof typeof DEFAULTS} */ (name)];
}

module.exports = { entryPointOf, settingsFrom };
