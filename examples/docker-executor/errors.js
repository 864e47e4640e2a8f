'use strict';

const { ExecutorError } = require('screwdriver-executor-base');
const { cannotRun } = require('./explain');

/**
 * An error of the engine or of the way to it. A refused request stays refused; anything else may go away.
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
            retryable: statusCode === undefined || statusCode >= 500,
            statusCode,
            userMessage: 'The engine that runs builds has a problem. Start the build again in some minutes.',
            cause: error
        }
    );
}

/**
 * Why a build's containers could not be made or started.
 *
 * @param {any} error
 * @param {import('screwdriver-executor-base').StartConfig} config
 * @param {string} mountPoint
 */
function startError(error, { buildId, container }, mountPoint) {
    const text = isClassified(error) ? '' : reason(error);

    if (error.statusCode === 409 && /name .* already in use/i.test(text)) return alreadyThere(buildId, error);
    if (/no such file|not found in|executable file|permission denied|exec format/i.test(text)) {
        return new ExecutorError(`Build ${buildId}: ${mountPoint}/launch cannot run in ${container}: ${text}`, {
            code: 'DOCKER_LAUNCH',
            kind: 'image',
            statusCode: error.statusCode,
            userMessage: cannotRun(`${mountPoint}/launch`, container),
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
 * @param {string} image
 * @param {any} error what the engine said of the pull: an error, or the text of one
 */
function imageError(image, error) {
    const text = typeof error === 'string' ? error : reason(error);
    // The registry's word on the image is final; not reaching the registry is not.
    const isFinal = error.statusCode === 404 || /not found|manifest unknown|denied|unauthorized|invalid/i.test(text);

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

/** @param {any} error */
function reason(error) {
    return String(error.json?.message ?? error.reason ?? error.message ?? error).trim();
}

module.exports = { alreadyThere, engineError, imageError, startError };
