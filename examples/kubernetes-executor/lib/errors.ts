import { ExecutorError } from 'screwdriver-executor-base';
import type { V1Pod } from '@kubernetes/client-node';

export { clusterError, isDenied, isExisting, isUnsent, statusOf } from './cluster-error';

/**
 * The error for a start of a build that has ended without the API knowing that it ever ran.
 *
 * @param words for the build's owner
 */
export function ended(buildId: number | string, words: string) {
    return new ExecutorError(`Build ${buildId} has ended before the API knew that it ran: ${words}`, {
        code: 'KUBERNETES_BUILD_ENDED',
        kind: kindOfReason(words),
        userMessage: words
    });
}

/** @param name of a pod that someone else has made */
export function foreign(name: string) {
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
 * The error for a pod that ended, or was removed, before the build could get its token.
 *
 * @param why in words for the build's owner
 */
export function lost(buildId: number | string, why: string) {
    return new ExecutorError(`Build ${buildId} did not start: ${why}`, {
        code: 'KUBERNETES_POD_LOST',
        kind: kindOfReason(why),
        retryable: true,
        userMessage: why
    });
}

/**
 * The error for a build that still waits. Nothing is wrong yet, and the caller must try again.
 *
 * @param why in words for the build's owner
 */
export function waiting(buildId: number | string, why: string) {
    return new ExecutorError(`Build ${buildId} has not started: ${why}`, {
        code: 'KUBERNETES_WAITING',
        kind: 'capacity',
        retryable: true,
        userMessage: why
    });
}

export function unconfirmed({ metadata, spec }: V1Pod) {
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

export function unusable(why: string) {
    return new ExecutorError(
        `The kubeconfig ${why}. Name one with a current context in the option kubeconfig, or in KUBECONFIG`,
        {
            code: 'KUBERNETES_CONFIG',
            kind: 'configuration',
            userMessage: `The executor has no cluster to run builds on. Tell its administrators.`
        }
    );
}

/** The error if something else answers at the cluster's address: a sign-in page, or another server. */
export function notKubernetes() {
    return new ExecutorError('The server at the address of the cluster is not Kubernetes: check the kubeconfig', {
        code: 'KUBERNETES_CLUSTER',
        kind: 'configuration',
        userMessage: `The cluster that runs builds cannot be reached. Tell its administrators.`
    });
}

/** Recognizes images by the words of `imageFailureOf`. */
function kindOfReason(words: string) {
    return words.startsWith('The image ') ? 'image' : 'engine';
}
