'use strict';

const joi = require('joi');

const DEFAULTS = {
    /** The namespace of the builds' pods and Secrets. */
    namespace: 'default',
    /** The image that holds the job tools. It needs `cp`. */
    jobToolsImage: 'screwdrivercd/launcher:stable',
    /** Where the job tools are, in their image and in the build's container: a folder with the launch script. */
    mountPoint: '/opt/sd',
    /** The pods' service account: the namespace's default, unless it is named. */
    serviceAccount: '',
    /** Merged into each pod: `{ spec: { priorityClassName: 'builds' } }`. Its word counts. */
    podTemplate: /** @type {Record<string, unknown>} */ ({}),
    /** In the name of whatever this executor makes, so that two can share a namespace. */
    prefix: 'sd-',
    /** How long a build may take to end after TERM, unless its annotation terminationGracePeriodSeconds says more. */
    stopSeconds: 30,
    /** The most minutes that a build may ask for. */
    maxBuildTimeout: 720,
    /** Seconds beyond its timeout after which the cluster ends a pod whose launcher has not. It counts pulls too. */
    deadlineBuffer: 300,
    /**
     * Seconds that the cluster may go on trying, to find a node or to add one, to pull an image, to make the container,
     * before `verify` says what it lacks. `status` says it at once.
     */
    stuckSeconds: 300,
    /**
     * Milliseconds that `start` waits for a node before it resolves `false` and goes on in the background, and `verify`
     * where it goes on with the start of another process.
     */
    nodeWait: 10_000,
    /** Milliseconds that the cluster may take to answer a request. */
    answerTimeout: 30_000
};

/** @typedef {typeof DEFAULTS} Settings */
/**
 * `kubeconfig` is a file; without it `KUBECONFIG` names one, `~/.kube/config` is one, or the cluster is the one that the
 * executor runs in. Other keys are allowed: the API adds its `ecosystem`.
 *
 * @typedef {Partial<Settings> & { kubeconfig?: string }} Options
 */

const rules = {
    namespace: joi.string(),
    jobToolsImage: joi.string(),
    mountPoint: joi.string().pattern(/^\//, 'a path from the root'),
    serviceAccount: joi.string().allow(''),
    podTemplate: joi.object(),
    prefix: joi.string().pattern(/^[a-z0-9][a-z0-9-]*$/, "the start of a pod's name"),
    stopSeconds: joi.number().min(0),
    maxBuildTimeout: joi.number().positive(),
    deadlineBuffer: joi.number().min(0),
    stuckSeconds: joi.number().min(0),
    nodeWait: joi.number().min(0),
    answerTimeout: joi.number().positive()
};
const schema = joi
    .object({
        ...Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, rule.default(defaultOf(name))])),
        kubeconfig: joi.string()
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
    return joi.attempt(options, schema);
}

/** @param {string} name */
function defaultOf(name) {
    return DEFAULTS[/** @type {keyof Settings} */ (name)];
}

module.exports = { settingsFrom };
