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

    return new ExecutorError(statusCode ? `Kubernetes answered ${statusCode}: ${text}` : `Kubernetes: ${text}`, {
        ...classOf(statusCode, text),
        statusCode,
        cause: error
    });
}

/**
 * @param {number | undefined} statusCode
 * @param {string} text the cluster's
 * @returns {ConstructorParameters<typeof ExecutorError>[1]}
 */
function classOf(statusCode, text) {
    const namespace = statusCode === 404 && /^namespaces "(.+)" not found/.exec(text)?.[1];

    if (statusCode === 403 && /exceeded quota|status unknown for quota/.test(text)) {
        return {
            code: 'KUBERNETES_QUOTA',
            kind: 'capacity',
            retryable: true,
            userMessage: 'The cluster has given all that builds may use at a time. Start the build again later.'
        };
    }
    if (namespace) {
        return {
            code: 'KUBERNETES_REFUSED',
            kind: 'configuration',
            userMessage: `The cluster has no namespace ${namespace}, where builds are to run. Tell its administrators.`
        };
    }
    if (isRefused(statusCode, text)) {
        return {
            code: 'KUBERNETES_REFUSED',
            kind: 'configuration',
            userMessage:
                `The cluster does not take the build's pod: ${text} ` +
                `Change what it names, or show this to the cluster's administrators.`
        };
    }
    if (statusCode === 401 || statusCode === 403) {
        return {
            code: 'KUBERNETES_CLUSTER',
            kind: 'authentication',
            userMessage:
                `The cluster does not let the executor run builds. Tell the cluster's administrators: ` +
                `to start the build again does not help until they have changed that.`
        };
    }
    const retryable = statusCode === undefined || statusCode === 429 || statusCode >= 500;

    return {
        code: 'KUBERNETES_CLUSTER',
        kind: 'engine',
        retryable,
        userMessage: `The cluster that runs builds has a problem. ${
            retryable ? 'Start the build again in some minutes.' : `Tell the cluster's administrators.`
        }`
    };
}

/**
 * Whether it is the request that the cluster does not take, by its schema, an admission plug-in or a webhook, and not
 * the one who asks.
 *
 * @param {number | undefined} statusCode
 * @param {string} text
 */
function isRefused(statusCode, text) {
    if (statusCode === 400 || statusCode === 422) return true;

    return statusCode === 403 && /is forbidden: (?!User ")|denied (the )?request/.test(text);
}

/** @param {Error} [cause] */
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
        return String(JSON.parse(body).message ?? body);
    } catch {
        return String(body ?? message).trim();
    }
}

module.exports = { clusterError, statusOf, tooLate };
