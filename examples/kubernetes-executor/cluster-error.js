'use strict';

const { ExecutorError, isRetryable, kindOf, withoutSecrets } = require('screwdriver-executor-base');

/**
 * An error of the cluster or of the way to it. A refused request stays refused, and a kubeconfig that does not fit stays
 * so; anything else may go away.
 *
 * @param {any} error the client's
 */
function clusterError(error) {
    if (error.isJoi === true || error.name === 'ExecutorError') return error;
    if (['AbortError', 'TimeoutError'].includes(error.name)) return tooLate(error);
    hideSecrets(error);
    const statusCode = statusOf(error);
    const text = reason(error);

    return new ExecutorError(statusCode ? `Kubernetes answered ${statusCode}: ${text}` : `Kubernetes: ${text}`, {
        ...(statusCode ? classOf(statusCode, text) : problem(...verdictOf(error))),
        statusCode,
        cause: error
    });
}

/** @typedef {NonNullable<ConstructorParameters<typeof ExecutorError>[1]>} Classification */

/**
 * @param {number} statusCode
 * @param {string} text the cluster's
 * @returns {Classification}
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
    // Many pods at once: the cluster could not count one of them against its quota.
    if (statusCode === 409) return problem(text.includes('resourcequotas') ? 'capacity' : 'engine', true);

    return problem('engine', statusCode === 429 || statusCode >= 500);
}

/**
 * What is wrong where there was no answer.
 *
 * @param {any} error
 * @returns {[kind: Classification['kind'], retryable: boolean]}
 */
function verdictOf(error) {
    const kind = kindOf(error);

    if (kind !== 'internal') return [kind, isRetryable(error)];

    // Only an error of the system has a code. The client's own are about the kubeconfig, or a plug-in that it names, and
    // EPROTO is a server that speaks no TLS, or wants a certificate.
    return typeof error.code === 'string' && error.code !== 'EPROTO' ? ['engine', true] : ['configuration', false];
}

/**
 * @param {Classification['kind']} kind
 * @param {boolean} retryable
 * @returns {Classification}
 */
function problem(kind, retryable) {
    return {
        code: 'KUBERNETES_CLUSTER',
        kind,
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
 * @param {number} statusCode
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

/**
 * Whether what was to be made is there already: a 409 may also be a conflict that passes.
 *
 * @param {any} error of the cluster
 */
function isExisting(error) {
    return statusOf(error) === 409 && statusIn(error.cause).reason === 'AlreadyExists';
}

/**
 * Whether a request has certainly not come to the cluster, so that it has done nothing there.
 *
 * @param {any} error of the cluster
 */
function isUnsent({ cause }) {
    return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(cause?.code);
}

/**
 * The client's error quotes what the cluster has answered: it is the cause of the one that callers get.
 *
 * @param {any} error
 */
function hideSecrets(error) {
    for (const key of ['message', 'stack', 'body']) {
        if (typeof error[key] === 'string') error[key] = withoutSecrets(error[key]);
    }
}

/** @param {any} error */
function reason(error) {
    return String(statusIn(error).message ?? error.body ?? error.message).trim();
}

/**
 * The `Status` of Kubernetes in an answer; empty where the answer is not in its words.
 *
 * @param {any} error
 * @returns {{ message?: string, reason?: string }}
 */
function statusIn({ body }) {
    try {
        return JSON.parse(body) ?? {};
    } catch {
        return {};
    }
}

module.exports = { clusterError, isExisting, isUnsent, statusOf };
