import { BUILD } from './containers';
import type { V1Pod as Pod } from '@kubernetes/client-node';

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
    const build = pod.status?.containerStatuses?.find(({ name }) => name === BUILD);

    return isOver(pod) || build?.state?.terminated !== undefined;
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
