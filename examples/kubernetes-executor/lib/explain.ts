import { withoutSecrets } from 'screwdriver-executor-base';
import { BUILD } from './containers';
import { failureOf, outOfMemory, specOf } from './explain-container';
import { minutesOf } from './pod';
import { buildStatusOf, disruptionOf, isEnding, isOver, lacksSandbox, timeOf } from './pod-state';
import { sentence } from './sentence';
import type { V1Pod as Pod } from '@kubernetes/client-node';

export const GONE =
    'The build has no pod on this cluster: it was never started here, it was stopped, or the cluster has taken the ' +
    'pod away (a node that was drained, an eviction, a deletion).';

/**
 * The state of a build in words.
 *
 * @param warning the cluster's last warning about a pod that is not prepared
 */
export function describeState(pod: Pod | undefined, warning = '') {
    return withoutSecrets(stateOf(pod, warning));
}

function stateOf(pod: Pod | undefined, warning: string) {
    if (!pod) return GONE;
    const reason = failureIn(pod, 0, warning);
    const { running, terminated } = buildStatusOf(pod)?.state ?? {};

    if (isEnding(pod) && !isOver(pod)) return endingOf(pod);
    if (reason) return reason;
    if (running) return `The build has been running since ${toText(running.startedAt)}.`;
    // A step was killed because memory ran out, and the launcher has outlived it.
    if (terminated?.reason === 'OOMKilled') return outOfMemory('A step of the build', specOf(pod, BUILD));
    if (terminated) return `The build's container has ended. Its launcher has reported the result to the API.`;
    if (pod.spec?.nodeName) return `The build's pod is being prepared on a node of the cluster.`;

    return `The build's pod is waiting for a node of the cluster.`;
}

/**
 * Why a build did not come up or failed. An empty text if it has not failed so far.
 *
 * @param stuckSeconds how long the cluster may keep trying before that is a reason
 * @param warning the cluster's last warning about a pod that is not prepared
 */
export function reasonOf(pod: Pod | undefined, stuckSeconds = 0, warning = '') {
    return withoutSecrets(failureIn(pod, stuckSeconds, warning));
}

function failureIn(pod: Pod | undefined, stuckSeconds: number, warning: string) {
    if (!pod) return GONE;
    if (isEnding(pod) && !isOver(pod)) return endReason(pod);
    const build = buildStatusOf(pod);
    const { running, terminated } = build?.state ?? {};
    const hasBegun = Boolean(running ?? terminated);
    const isStuck = hasBeenStuck(pod, stuckSeconds);

    // The reason is what kept the build from running, and not that its pod exceeded its deadline.
    if (pod.status?.reason === 'DeadlineExceeded' && !hasBegun) {
        return (
            initReason(pod, true) ||
            (build ? failureOf(pod, build, true) : '') ||
            (warning ? `The node did not get the build's pod ready: ${sentence(warning)}` : neverBegun(pod))
        );
    }

    // A launcher ends with 0 even if its build failed. What happens to the rest of the pod after that does not matter.
    const hasEnded = terminated?.exitCode === 0 && timeOf(terminated.finishedAt) < endOf(pod);

    return (
        (hasEnded ? '' : endReason(pod)) ||
        (isStuck ? unschedulable(pod) : '') ||
        // Every pod lacks its sandbox for a moment.
        (isStuck && lacksSandbox(pod) && (warning || stuckSeconds > 0) ? notReady(warning) : '') ||
        (hasBegun ? '' : initReason(pod, isStuck)) ||
        (build ? failureOf(pod, build, isStuck) : '') ||
        (pod.status?.phase === 'Failed' && terminated?.exitCode !== 0
            ? `The cluster ended the build's pod. Start the build again.`
            : '')
    );
}

/** For a pod whose sandbox its node cannot make. Only the events say what has gone wrong. */
function notReady(warning: string) {
    const words = `The node does not get the build's pod ready, the cluster tries again`;

    return warning ? `${words}: ${sentence(warning)}` : `${words}.`;
}

function neverBegun({ spec }: Pod) {
    return `The build did not come up within the ${spec?.activeDeadlineSeconds} seconds that its pod may take.`;
}

/** Whether the cluster has looked for a node, or the node has tried to start the build, for this long. */
function hasBeenStuck({ status }: Pod, seconds: number) {
    const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
    const since = timeOf(scheduled?.lastTransitionTime ?? status?.startTime ?? new Date());

    // The clock of the cluster may be ahead.
    return Math.max(Date.now() - since, 0) >= seconds * 1000;
}

/** Why the cluster ended the pod, if it says so. What it said about the containers before that does not matter. */
function endReason(pod: Pod) {
    const { spec, status = {} } = pod;
    const { reason, message } = status.reason ? status : (disruptionOf(pod) ?? {});

    // The phase of a pod on a lost node is unknown.
    if (status.phase !== 'Failed' && reason !== 'NodeLost') return '';
    if (reason === 'DeadlineExceeded') {
        const minutes = minutesOf(pod);

        // The build's clock has shortened the deadline of its pod.
        if ((spec?.activeDeadlineSeconds ?? 0) < minutes * 60) return tookTooLong(minutes);

        return `The build was ended: it took longer than its pod may, ${spec?.activeDeadlineSeconds} seconds.`;
    }
    if (reason === 'Evicted') {
        return `The cluster evicted the build's pod: ${sentence(message ?? reason)} Start the build again.`;
    }
    if (!reason) return '';

    return endedByCluster(reason, message);
}

/** What is wrong with a build whose launcher has ended with exit code 0 without the API knowing of the end. */
export function silence(lastLine: string) {
    const words = 'The launcher of the build has ended without telling the API how the build went.';

    return lastLine ? `${words} Its last line: ${withoutSecrets(lastLine)}` : words;
}

/**
 * What is wrong with a build whose pod is gone although nobody has stopped the build.
 *
 * @param pod as last seen
 */
export function goneReason(pod: Pod) {
    const { reason, message } = disruptionOf(pod) ?? {};

    return reason
        ? withoutSecrets(endedByCluster(reason, message))
        : 'The pod of the build is gone from its cluster, and nobody had stopped the build.';
}

export function tookTooLong(minutes: number) {
    return `The build took longer than its timeout of ${minutes} minutes.`;
}

function endedByCluster(reason: string, message: string | undefined) {
    return `The cluster ended the build's pod: ${sentence(message ? `${reason}: ${message}` : reason)} Start the build again.`;
}

/** When the cluster ended the pod, in milliseconds. NaN if the cluster does not say. */
function endOf(pod: Pod) {
    const { spec, status = {} } = pod;

    if (status.reason === 'DeadlineExceeded') {
        return timeOf(status.startTime) + (spec?.activeDeadlineSeconds ?? NaN) * 1000;
    }

    return timeOf(disruptionOf(pod)?.lastTransitionTime);
}

/** For a pod that was told to end. Its deletion time is the end of its grace period. */
function endingOf({ metadata }: Pod) {
    const end = timeOf(metadata?.deletionTimestamp);
    const since = new Date(end - (metadata?.deletionGracePeriodSeconds ?? 0) * 1000).toISOString();
    const text = `The build's pod is being ended, since ${since}.`;

    return end < Date.now() ? `${text} Its node has not confirmed that it has ended: it may be lost.` : text;
}

function unschedulable({ status }: Pod) {
    const condition = status?.conditions?.find(
        ({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable'
    );

    if (condition?.status !== 'False') return '';

    return (
        `No node of the cluster can take the build: ${sentence(condition.message ?? 'Unschedulable')} ` +
        `Ask for less with the annotations screwdriver.cd/cpu and ram, or check its nodeLabel.`
    );
}

/** An init container that is meant to run beside the build may end, since it is restarted. */
function initReason(pod: Pod, isStuck: boolean) {
    const failures = (pod.status?.initContainerStatuses ?? [])
        .filter(({ name, state }) => !state?.terminated || specOf(pod, name)?.restartPolicy !== 'Always')
        .map(container => failureOf(pod, container, isStuck));

    return failures.find(Boolean) ?? '';
}

/** @param time a Date from a call, a text from a watch */
function toText(time: Date | string | undefined) {
    return time instanceof Date ? time.toISOString() : String(time);
}
