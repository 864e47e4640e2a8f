'use strict';

const { BUILD } = require('./containers');

/** @typedef {import('@kubernetes/client-node').V1Pod} Pod */

/**
 * Whether a pod was told to end.
 *
 * @param {Pod} pod
 */
function isEnding({ metadata }) {
    return metadata?.deletionTimestamp !== undefined;
}

/**
 * Whether all containers of a pod have ended.
 *
 * @param {Pod} pod
 */
function isOver({ status }) {
    return ['Succeeded', 'Failed'].includes(status?.phase ?? '');
}

/**
 * Whether the build has ended, whatever goes on in its pod beside it.
 *
 * @param {Pod} pod
 */
function hasEnded(pod) {
    const build = pod.status?.containerStatuses?.find(({ name }) => name === BUILD);

    return isOver(pod) || build?.state?.terminated !== undefined;
}

/**
 * Whether no build runs in a pod: it has not begun, or it is over.
 *
 * @param {Pod} pod
 */
function isIdle(pod) {
    return pod.status?.phase === 'Pending' || isOver(pod);
}

/**
 * Whether a pod is over, or is being ended, before its build could get its token.
 *
 * @param {Pod} pod
 */
function isLost(pod) {
    return isEnding(pod) || pod.status?.phase === 'Failed';
}

/**
 * Whether it is known what becomes of a start: its pod has a node, or will never have one.
 *
 * @param {Pod} pod
 */
function isDecided(pod) {
    return pod.spec?.nodeName !== undefined || isLost(pod);
}

/**
 * Whether it was a stop that has ended a pod, maybe that of another executor: the cluster says when it does so by itself.
 *
 * @param {Pod} pod
 */
function isStopped(pod) {
    return isEnding(pod) && disruptionOf(pod) === undefined;
}

/**
 * What the cluster says when it ends a pod by itself: its node is drained, or needed for another pod.
 *
 * @param {Pod} pod
 */
function disruptionOf({ status }) {
    return status?.conditions?.find(({ type, ...is }) => type === 'DisruptionTarget' && is.status === 'True');
}

module.exports = { disruptionOf, hasEnded, isDecided, isEnding, isIdle, isLost, isOver, isStopped };
