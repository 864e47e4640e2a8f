'use strict';

const { ExecutorError } = require('screwdriver-executor-base');
const { clusterError, statusOf, tooLate } = require('./cluster-error');

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

/** @param {string} name of a pod that another has made */
function foreign(name) {
    return new ExecutorError(
        `The pod ${name} was not made by this executor: it has no annotation screwdriver.cd/secret. ` +
            `It was left untouched`,
        {
            code: 'KUBERNETES_POD_FOREIGN',
            kind: 'configuration',
            userMessage:
                `The cluster has a pod ${name} that is not a build of this executor, under the name of this build. ` +
                `Tell the cluster's administrators.`
        }
    );
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

/** What ends the watches of an executor that shuts down. */
function shutDown() {
    return new ExecutorError('The executor is shutting down', { code: 'KUBERNETES_SHUTDOWN', kind: 'cancelled' });
}

module.exports = { alreadyThere, cancelled, clusterError, foreign, lost, shutDown, statusOf, tooLate };
