import { BUILD } from './containers';
import type { V1Pod as Pod } from '@kubernetes/client-node';

/** Milliseconds beyond its grace period in which a pod must be gone. */
export const REMOVAL = 30_000;

/** Of the build's container, whatever others are in its pod. */
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

/** Whether the build has ended, whatever goes on in its pod beside it. */
export function hasEnded(pod: Pod) {
    return isOver(pod) || buildStatusOf(pod)?.state?.terminated !== undefined;
}

/** When the build has begun to run, in milliseconds; undefined where it does not run. */
export function runningSince(pod: Pod) {
    const { running } = buildStatusOf(pod)?.state ?? {};

    return running && timeOf(running.startedAt);
}

/** Whether the build has ended with 0 so shortly ago that the API may still be at its launcher's last report. */
export function hasJustEnded(pod: Pod) {
    const { terminated } = buildStatusOf(pod)?.state ?? {};

    return terminated?.exitCode === 0 && Date.now() - timeOf(terminated.finishedAt) < graceOf(pod);
}

/**
 * Whether a pod has a node, and no network and no volumes there yet: no container of it says what is wrong. Clusters before
 * 1.29 do not tell it by a condition.
 */
export function lacksSandbox({ spec, status }: Pod) {
    const ready = status?.conditions?.find(({ type }) => type === 'PodReadyToStartContainers');
    const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
    const isBefore = status?.phase === 'Pending' || status?.reason === 'DeadlineExceeded';

    return isBefore && spec?.nodeName !== undefined && (ready ? ready.status === 'False' : containers.length === 0);
}

/** Whether a pod should be gone for a while, by its grace time: its node may be lost. */
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
 * @param time a Date from a call, a text from a watch; NaN where there is none
 */
export function timeOf(time: Date | string | undefined) {
    return new Date(time ?? NaN).getTime();
}

/** Whether no build runs in a pod: it has not begun, or it is over. */
export function isIdle(pod: Pod) {
    return pod.status?.phase === 'Pending' || isOver(pod);
}

/** Whether a pod is over, or is being ended, before its build could get its token. */
export function isLost(pod: Pod) {
    return isEnding(pod) || pod.status?.phase === 'Failed';
}

/** Whether it is known what becomes of a start: its pod has a node, or will never have one. */
export function isDecided(pod: Pod) {
    return pod.spec?.nodeName !== undefined || isLost(pod);
}

/** Whether it was a stop that has ended a pod, maybe that of another executor: the cluster says when it does so by itself. */
export function isStopped(pod: Pod) {
    return isEnding(pod) && disruptionOf(pod) === undefined;
}

/** What the cluster says when it ends a pod by itself: its node is drained, or needed for another pod. */
export function disruptionOf({ status }: Pod) {
    return status?.conditions?.find(({ type, ...is }) => type === 'DisruptionTarget' && is.status === 'True');
}
