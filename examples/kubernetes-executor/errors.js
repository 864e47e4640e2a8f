'use strict';

const { ExecutorError } = require('screwdriver-executor-base');

/**
 * An error of the cluster or of the way to it. A refused request stays refused; anything else may go away.
 *
 * @param {any} error the client's
 */
function clusterError(error) {
    if (error.isJoi === true || error.name === 'ExecutorError') return error;
    if (['AbortError', 'TimeoutError'].includes(error.name)) return tooLate(error);
    const statusCode = statusOf(error);
    const text = reason(error);

    if (statusCode === 403 && /exceeded quota/.test(text)) {
        return new ExecutorError(`Kubernetes answered 403: ${text}`, {
            code: 'KUBERNETES_QUOTA',
            kind: 'capacity',
            retryable: true,
            statusCode,
            userMessage: 'The cluster has given all that builds may use at a time. Start the build again later.',
            cause: error
        });
    }

    return new ExecutorError(statusCode ? `Kubernetes answered ${statusCode}: ${text}` : `Kubernetes: ${text}`, {
        code: 'KUBERNETES_CLUSTER',
        kind: statusCode === 401 || statusCode === 403 ? 'authentication' : 'engine',
        retryable: statusCode === undefined || statusCode === 429 || statusCode >= 500,
        statusCode,
        userMessage: 'The cluster that runs builds has a problem. Start the build again in some minutes.',
        cause: error
    });
}

/** @param {Error} cause */
function tooLate(cause) {
    return new ExecutorError('Kubernetes has not done its part in time', {
        code: 'KUBERNETES_TIMEOUT',
        kind: 'timeout',
        retryable: true,
        userMessage: 'The cluster that runs builds is slow to answer. Try again in some minutes.',
        cause
    });
}

/**
 * @param {number | string} buildId
 * @param {unknown} [cause]
 */
function alreadyThere(buildId, cause) {
    return new ExecutorError(`Build ${buildId} is on this cluster already: stop it before it is started again`, {
        code: 'KUBERNETES_BUILD_EXISTS',
        kind: 'configuration',
        userMessage: 'The build was started already.',
        cause
    });
}

/** @param {number | string} buildId */
function cancelled(buildId) {
    return new ExecutorError(`The start of build ${buildId} was cancelled`, {
        code: 'KUBERNETES_START_CANCELLED',
        kind: 'cancelled',
        userMessage: 'The build was stopped before it had started.'
    });
}

/**
 * The pod is over, or gone, before the build could get its token.
 *
 * @param {number | string} buildId
 * @param {string} why in words for the build's owner
 */
function lost(buildId, why) {
    return new ExecutorError(`Build ${buildId} did not start: ${why}`, {
        code: 'KUBERNETES_POD_LOST',
        kind: 'engine',
        retryable: true,
        userMessage: why
    });
}

/**
 * The HTTP status of an error: the client's calls and its watches name it differently.
 *
 * @param {any} error
 * @returns {number | undefined}
 */
function statusOf({ code, statusCode = code }) {
    return typeof statusCode === 'number' ? statusCode : undefined;
}

/** @param {any} error */
function reason({ body, message }) {
    try {
        return String(JSON.parse(body).message);
    } catch {
        return String(body ?? message).trim();
    }
}

/** What ends the watches of an executor that shuts down. */
function shutDown() {
    return new ExecutorError('The executor is shutting down', { code: 'KUBERNETES_SHUTDOWN', kind: 'cancelled' });
}

module.exports = { alreadyThere, cancelled, clusterError, lost, shutDown, statusOf };
