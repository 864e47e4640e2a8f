import { BUILD } from './containers';
import type { V1Pod as Pod } from '@kubernetes/client-node';

/** Milliseconds beyond its grace period in which a pod must be gone. */
export const REMOVAL = 30_000;

/** The status of the build's container, whatever other containers are in its pod. */
export function buildStatusOf({ status }: Pod) {
    return status?.containerStatuses?.find(({ name }) => name === BUILD);
}

/** Whether a pod was told to end. */
export function isEnding({ metadata }: Pod) {
    return metadata?.deletionTimestamp !== undefined;
}

/** Whether all containers of a pod have ended. */
export function isOver({ status }: Pod) {
    return ['Succeeded', 'Failed'].includes(status?.phase ?? '');
}

/** Whether the build has ended, whatever else still runs in its pod. */
export function hasEnded(pod: Pod) {
    return isOver(pod) || buildStatusOf(pod)?.state?.terminated !== undefined;
}

/** When the build began to run, in milliseconds. Undefined if it is not running. */
export function runningSince(pod: Pod) {
    const { running } = buildStatusOf(pod)?.state ?? {};

    return running && timeOf(running.startedAt);
}

/** Whether the build has ended with 0 so recently that the API may still be handling its launcher's last report. */
export function hasJustEnded(pod: Pod) {
    const { terminated } = buildStatusOf(pod)?.state ?? {};

    return terminated?.exitCode === 0 && Date.now() - timeOf(terminated.finishedAt) < graceOf(pod);
}

/**
 * Whether a pod has a node, but no network and volumes there yet, so that its containers do not say what is wrong.
 * Clusters before 1.29 have no condition for this.
 */
export function lacksSandbox({ spec, status }: Pod) {
    const ready = status?.conditions?.find(({ type }) => type === 'PodReadyToStartContainers');
    const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
    const isBefore = status?.phase === 'Pending' || status?.reason === 'DeadlineExceeded';

    return isBefore && spec?.nodeName !== undefined && (ready ? ready.status === 'False' : containers.length === 0);
}

/** Whether a pod should have been gone for a while, given its grace time. Its node may be lost. */
export function isUnconfirmed({ metadata }: Pod) {
    return Date.now() - timeOf(metadata?.deletionTimestamp) > REMOVAL;
}

/** Milliseconds that a build has to end. */
export function graceOf({ spec }: Pod) {
    return (spec?.terminationGracePeriodSeconds ?? 0) * 1000;
}

/**
 * In milliseconds.
 *
 * @param time a Date from a call, or a text from a watch; without it the result is NaN
 */
export function timeOf(time: Date | string | undefined) {
    return new Date(time ?? NaN).getTime();
}

/** Whether no build runs in a pod, because it has not begun or is over. */
export function isIdle(pod: Pod) {
    return pod.status?.phase === 'Pending' || isOver(pod);
}

/** Whether a pod is over, or is being ended, before its build could get its token. */
export function isLost(pod: Pod) {
    return isEnding(pod) || pod.status?.phase === 'Failed';
}

/** Whether the outcome of a start is known: its pod has a node, or will never have one. */
export function isDecided(pod: Pod) {
    return pod.spec?.nodeName !== undefined || isLost(pod);
}

/** Whether a stop has ended a pod, maybe in another executor. The cluster says so when it ends a pod by itself. */
export function isStopped(pod: Pod) {
    return isEnding(pod) && disruptionOf(pod) === undefined;
}

/** What the cluster says when it ends a pod by itself: its node is drained, or needed for another pod. */
export function disruptionOf({ status }: Pod) {
    return status?.conditions?.find(({ type, ...is }) => type === 'DisruptionTarget' && is.status === 'True');
}
