'use strict';

const { constants } = require('node:os');

/** @typedef {import('@kubernetes/client-node').V1Pod} Pod */
/** @typedef {import('@kubernetes/client-node').V1ContainerStatus} ContainerStatus */

const GONE = 'The build has no pod on this cluster: it was never started here, or it was stopped.';
/** Why a container waits where its image is the reason. */
const IMAGE = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'ImageInspectError'];
/** Why a container waits, or has ended, where its entry point is the reason. */
const ENTRY_POINT = ['CreateContainerError', 'RunContainerError', 'StartError', 'ContainerCannotRun'];

/**
 * The state of a build in words.
 *
 * @param {Pod | undefined} pod
 */
function describeState(pod) {
    if (!pod) return GONE;
    const reason = reasonOf(pod);
    const state = buildStatus(pod)?.state;

    if (reason) return reason;
    if (state?.running) return `The build has been running since ${toText(state.running.startedAt)}.`;
    if (pod.status?.phase === 'Succeeded') return `The build's container ended with exit code 0.`;
    if (pod.spec?.nodeName) return `The build's pod is being prepared on a node of the cluster.`;

    return `The build's pod is waiting for a node of the cluster.`;
}

/**
 * Why a build did not come up or did not end well; an empty text where it did, or still may.
 *
 * @param {Pod | undefined} pod
 */
function reasonOf(pod) {
    if (!pod) return GONE;
    const { reason, message } = pod.status ?? {};

    if (reason === 'DeadlineExceeded') {
        return `The build was ended: it took longer than its pod may, ${pod.spec?.activeDeadlineSeconds} seconds.`;
    }
    if (reason === 'Evicted') return `The cluster evicted the build's pod: ${message} Start the build again.`;

    return unschedulable(pod) || jobToolsReason(pod) || buildReason(pod);
}

/** @param {Pod} pod */
function unschedulable({ status }) {
    const condition = status?.conditions?.find(
        ({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable'
    );

    if (condition?.status !== 'False') return '';

    return (
        `No node of the cluster can take the build: ${condition.message} ` +
        `Ask for less with the annotations screwdriver.cd/cpu and ram, or check its nodeLabel.`
    );
}

/** @param {Pod} pod */
function jobToolsReason({ status }) {
    const container = status?.initContainerStatuses?.[0];
    const { waiting, terminated } = container?.state ?? {};

    if (container && IMAGE.includes(waiting?.reason ?? '')) return imageReason(container);
    if (!container || !terminated || terminated.exitCode === 0) return '';

    return `The job tools could not be copied out of ${container.image}: exit code ${terminated.exitCode}.`;
}

/** @param {Pod} pod */
function buildReason(pod) {
    const container = buildStatus(pod);
    const { waiting, terminated } = container?.state ?? {};
    const word = waiting?.reason ?? terminated?.reason ?? '';

    if (!container) return '';
    if (IMAGE.includes(word)) return imageReason(container);
    if (ENTRY_POINT.includes(word)) {
        return (
            `The launch script ${pod.spec?.containers[0]?.command?.[0]} cannot run in the image ${container.image}: ` +
            `the job tools do not hold it, or the image lacks the shell that it needs.`
        );
    }
    if (word === 'OOMKilled') {
        const memory = pod.spec?.containers[0]?.resources?.limits?.memory;

        return `The build ran out of memory: it may use ${memory}. The annotation screwdriver.cd/ram gives more.`;
    }
    if (!terminated || terminated.exitCode === 0) return '';

    return `The build's container ended with exit code ${terminated.exitCode}${meaning(terminated.exitCode)}.`;
}

/** @param {ContainerStatus} container */
function imageReason({ image, state }) {
    return `The image ${image} cannot be had: check its name and tag. ${state?.waiting?.message ?? ''}`.trim();
}

/** @param {Pod} pod */
function buildStatus({ status }) {
    return status?.containerStatuses?.[0];
}

/** @param {number} exitCode */
function meaning(exitCode) {
    const signal = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];

    return signal ? `: it was ended by ${signal}` : '';
}

/** @param {Date | string | undefined} time a Date from a call, a text from a watch */
function toText(time) {
    return time instanceof Date ? time.toISOString() : String(time);
}

module.exports = { GONE, describeState, reasonOf };
