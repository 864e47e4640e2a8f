'use strict';

const { BUILD } = require('./containers');
const { failureOf, sentence, specOf } = require('./explain-container');

/** @typedef {import('@kubernetes/client-node').V1Pod} Pod */

const GONE =
    'The build has no pod on this cluster: it was never started here, it was stopped, or the cluster has taken the ' +
    'pod away (a node that was drained, an eviction, a deletion).';

/**
 * The state of a build in words.
 *
 * @param {Pod | undefined} pod
 */
function describeState(pod) {
    if (!pod) return GONE;
    const reason = reasonOf(pod);
    const { running, terminated } = buildStatus(pod)?.state ?? {};

    if (reason) return reason;
    if (running) return `The build has been running since ${toText(running.startedAt)}.`;
    if (terminated) return `The build's container ended with exit code 0.`;
    if (pod.spec?.nodeName) return `The build's pod is being prepared on a node of the cluster.`;

    return `The build's pod is waiting for a node of the cluster.`;
}

/**
 * Why a build did not come up or did not end well; an empty text where it did, or still may.
 *
 * @param {Pod | undefined} pod
 * @param {number} [unschedulableSeconds] how long the cluster has to find a node, or to add one
 */
function reasonOf(pod, unschedulableSeconds = 0) {
    if (!pod) return GONE;
    const build = buildStatus(pod);
    const { running, terminated } = build?.state ?? {};

    // The launcher has done its work, whatever becomes of the rest of the pod.
    if (terminated?.exitCode === 0) return '';

    return (
        endReason(pod) ||
        unschedulable(pod, unschedulableSeconds) ||
        (running || terminated ? '' : initReason(pod)) ||
        (build ? failureOf(pod, build) : '') ||
        (pod.status?.phase === 'Failed' ? `The cluster ended the build's pod. Start the build again.` : '')
    );
}

/**
 * Why the cluster ended the pod, where it says so. What it said of the containers before that is of no account.
 *
 * @param {Pod} pod
 */
function endReason({ spec, status = {} }) {
    const disruption = status.conditions?.find(
        ({ type, ...is }) => type === 'DisruptionTarget' && is.status === 'True'
    );
    const { reason, message } = status.reason ? status : (disruption ?? {});

    // Of a node that is lost, nobody can tell the phase.
    if (status.phase !== 'Failed' && reason !== 'NodeLost') return '';
    if (reason === 'DeadlineExceeded') {
        return `The build was ended: it took longer than its pod may, ${spec?.activeDeadlineSeconds} seconds.`;
    }
    if (reason === 'Evicted') {
        return `The cluster evicted the build's pod: ${sentence(message ?? reason)} Start the build again.`;
    }
    if (!reason) return '';

    return `The cluster ended the build's pod: ${sentence(message ? `${reason}: ${message}` : reason)} Start the build again.`;
}

/**
 * @param {Pod} pod
 * @param {number} seconds that it may be so
 */
function unschedulable({ status }, seconds) {
    const condition = status?.conditions?.find(
        ({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable'
    );

    if (condition?.status !== 'False') return '';
    const since = new Date(condition.lastTransitionTime ?? Date.now()).getTime();

    // The clock of the cluster may be ahead.
    if (Math.max(Date.now() - since, 0) < seconds * 1000) return '';

    return (
        `No node of the cluster can take the build: ${sentence(condition.message ?? 'Unschedulable')} ` +
        `Ask for less with the annotations screwdriver.cd/cpu and ram, or check its nodeLabel.`
    );
}

/**
 * Of the init containers, one that is to go on beside the build may end: it is started again.
 *
 * @param {Pod} pod
 */
function initReason(pod) {
    const failures = (pod.status?.initContainerStatuses ?? [])
        .filter(({ name, state }) => !state?.terminated || specOf(pod, name)?.restartPolicy !== 'Always')
        .map(container => failureOf(pod, container));

    return failures.find(Boolean) ?? '';
}

/** @param {Pod} pod */
function buildStatus({ status }) {
    return status?.containerStatuses?.find(({ name }) => name === BUILD);
}

/** @param {Date | string | undefined} time a Date from a call, a text from a watch */
function toText(time) {
    return time instanceof Date ? time.toISOString() : String(time);
}

module.exports = { GONE, describeState, reasonOf };
