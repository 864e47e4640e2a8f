'use strict';

const { ExecutorError } = require('screwdriver-executor-base');
const { clusterError, isExisting, isUnsent, statusOf } = require('./cluster-error');

/**
 * Why a build cannot be started that has ended, and of which the API does not know that it ever ran.
 *
 * @param {number | string} buildId
 * @param {string} words for the build's owner
 */
function ended(buildId, words) {
    return new ExecutorError(`Build ${buildId} has ended before the API knew that it ran: ${words}`, {
        code: 'KUBERNETES_BUILD_ENDED',
        kind: 'engine',
        userMessage: words
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
 * Nothing is wrong yet: whoever asks is to ask again.
 *
 * @param {number | string} buildId
 */
function waiting(buildId) {
    return new ExecutorError(`Build ${buildId} is waiting for a node of the cluster`, {
        code: 'KUBERNETES_WAITING',
        kind: 'capacity',
        retryable: true,
        userMessage: 'The build is waiting for a node of the cluster.'
    });
}

/** @param {import('@kubernetes/client-node').V1Pod} pod */
function unconfirmed({ metadata, spec }) {
    return new ExecutorError(
        `Node ${spec?.nodeName ?? '(none)'} has not confirmed the end of the pod ${metadata?.name}`,
        {
            code: 'KUBERNETES_TIMEOUT',
            kind: 'timeout',
            retryable: true,
            userMessage:
                `The build was told to end, and its node has not confirmed that: it may be lost. ` +
                `Stop the build again in some minutes, or tell the cluster's administrators.`
        }
    );
}

/** @param {string} why */
function unusable(why) {
    return new ExecutorError(
        `The kubeconfig ${why}. Name one with a current context in the option kubeconfig, or in KUBECONFIG`,
        {
            code: 'KUBERNETES_CONFIG',
            kind: 'configuration',
            userMessage: `The executor knows no cluster to run builds on. Tell its administrators.`
        }
    );
}

/** Something else answers under the cluster's address: a sign-in page, another server. */
function notKubernetes() {
    return new ExecutorError('What answers under the address of the cluster is not Kubernetes: see the kubeconfig', {
        code: 'KUBERNETES_CLUSTER',
        kind: 'configuration',
        userMessage: `The cluster that runs builds cannot be reached. Tell its administrators.`
    });
}

module.exports = {
    clusterError,
    ended,
    foreign,
    isExisting,
    isUnsent,
    lost,
    notKubernetes,
    statusOf,
    unconfirmed,
    unusable,
    waiting
};
