'use strict';

const { debuglog } = require('node:util');
const joi = require('joi');

const DEFAULTS = {
    /** The image that holds the job tools. */
    jobToolsImage: 'screwdrivercd/launcher:stable',
    /** Where the job tools are, in their image and in the build's container: a folder with the launch script. */
    mountPoint: '/opt/sd',
    /** The build's network: the engine's default, unless it is named. */
    network: '',
    /** When to pull an image: `missing`, or `always` to follow tags that move. */
    pull: /** @type {'missing' | 'always'} */ ('missing'),
    /** In the name of whatever this executor makes, so that two can share an engine. */
    prefix: 'sd-',
    /** How long a build may take to end after TERM, unless its annotation terminationGracePeriodSeconds says more. */
    stopSeconds: 10,
    /** The most minutes that a build may ask for. */
    maxBuildTimeout: 720,
    /** Gets the progress of pulls. */
    log: /** @type {(line: string) => void} */ (debuglog('screwdriver-executor-docker'))
};

/** @typedef {typeof DEFAULTS} Settings */
/**
 * `docker` says how to reach the engine; without it `DOCKER_HOST` does, or else it is the one at the usual socket. The
 * contexts of the `docker` command are not read. Other keys are allowed: the API adds its `ecosystem`.
 *
 * @typedef {Partial<Settings> & { docker?: import('dockerode').DockerOptions }} Options
 */

const rules = {
    jobToolsImage: joi.string(),
    mountPoint: joi.string().pattern(/^\//, 'a path from the root'),
    network: joi.string().allow(''),
    pull: joi.valid('missing', 'always'),
    prefix: joi.string().pattern(/^[a-z0-9][\w.-]*$/i, 'the start of a container name'),
    stopSeconds: joi.number().min(0),
    maxBuildTimeout: joi.number().positive(),
    log: joi.function()
};
const schema = joi
    .object({
        ...Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, rule.default(defaultOf(name))])),
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

/**
 * The options with their defaults. Throws Joi's ValidationError: a wrong setting is found when the API boots.
 *
 * @param {Options} options
 * @returns {Settings}
 */
function settingsFrom(options) {
    const settings = joi.attempt(options, schema);

    // As the path of the launch script has it, by which the engine's errors are told apart.
    return { ...settings, mountPoint: settings.mountPoint.replace(/\/+$/, '') };
}

/** @param {string} name */
function defaultOf(name) {
    // Joi would call a default that is a function itself.
    return () => DEFAULTS[/** @type {keyof Settings} */ (name)];
}

module.exports = { settingsFrom };
