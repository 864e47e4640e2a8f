'use strict';

const { ExecutorError } = require('screwdriver-executor-base');
const { cannotRun, isAbout } = require('./explain');

/** What registries and the engine say of images that nobody can pull, however often they try. */
const FINAL = /not found|manifest unknown|denied|unauthorized|no basic auth credentials|invalid/i;
const ENGINE_PROBLEM = 'The engine that runs builds has a problem. Start the build again in some minutes.';

/**
 * An error of the engine or of the way to it. A refused request stays refused; a conflict with what somebody else does
 * and anything else may go away.
 *
 * @param {any} error dockerode's
 */
function engineError(error) {
    if (isClassified(error)) return error;
    const { statusCode } = error;

    return new ExecutorError(
        statusCode ? `Docker answered ${statusCode}: ${reason(error)}` : `Docker: ${reason(error)}`,
        {
            code: 'DOCKER_ENGINE',
            kind: 'engine',
            retryable: statusCode === undefined || statusCode === 409 || statusCode >= 500,
            statusCode,
            userMessage: ENGINE_PROBLEM,
            cause: error
        }
    );
}

/** @param {string} what did not come in time */
function timeoutError(what) {
    return new ExecutorError(`Docker: ${what}`, {
        code: 'DOCKER_TIMEOUT',
        kind: 'timeout',
        retryable: true,
        userMessage: ENGINE_PROBLEM
    });
}

/**
 * Why a build's containers could not be made or started.
 *
 * @param {any} error
 * @param {import('screwdriver-executor-base').StartConfig} config
 * @param {string} mountPoint
 */
function startError(error, { buildId, container }, mountPoint) {
    if (isClassified(error)) return error;
    const text = reason(error);
    const launch = `${mountPoint}/launch`;
    const missing = /no such image: (\S+)/i.exec(text)?.[1];

    if (error.statusCode === 409 && /name .* already in use/i.test(text)) return alreadyThere(buildId, error);
    if (error.statusCode === 404 && missing) return imageError(missing, error);
    if (isAbout(launch, text)) {
        return new ExecutorError(`Build ${buildId}: ${launch} cannot run in ${container}: ${text}`, {
            code: 'DOCKER_LAUNCH',
            kind: 'image',
            statusCode: error.statusCode,
            userMessage: cannotRun(launch, container),
            cause: error
        });
    }

    return engineError(error);
}

/**
 * @param {number | string} buildId
 * @param {unknown} [cause]
 */
function alreadyThere(buildId, cause) {
    return new ExecutorError(`Build ${buildId} is on this engine already: stop it before it is started again`, {
        code: 'DOCKER_BUILD_EXISTS',
        kind: 'configuration',
        userMessage: 'The build was started already.',
        cause
    });
}

/**
 * Why there is no image: the engine's word on it. Without one the engine itself is the reason.
 *
 * @param {string} image
 * @param {any} error of the request, or the text of one among the progress of a pull
 */
function imageError(image, error) {
    if (isClassified(error)) return error;
    const text = reason(error);

    if (error instanceof Error && !('statusCode' in error)) {
        return engineError(new Error(`the pull of ${image} did not end: ${text}`, { cause: error }));
    }
    // The registry's word on the image is final; not reaching the registry is not.
    const isFinal = error.statusCode === 404 || FINAL.test(text);

    return new ExecutorError(`Image ${image} cannot be pulled: ${text}`, {
        code: 'DOCKER_IMAGE',
        kind: 'image',
        retryable: !isFinal,
        statusCode: error.statusCode,
        userMessage: isFinal
            ? `The image ${image} cannot be had: check its name and tag, and that this cluster may pull it.`
            : `The image ${image} could not be pulled: its registry could not be reached. Start the build again later.`,
        cause: error instanceof Error ? error : undefined
    });
}

/** @param {any} error */
function isClassified(error) {
    return error.isJoi === true || error.name === 'ExecutorError';
}

/**
 * The engine's own words: dockerode has them in one of two places, and in the second behind an introduction.
 *
 * @param {any} error
 */
function reason(error) {
    return String(error.json?.message ?? error.message ?? error)
        .replace(/^\(HTTP code \d+\) .*? - /, '')
        .trim();
}

module.exports = { alreadyThere, engineError, imageError, startError, timeoutError };
