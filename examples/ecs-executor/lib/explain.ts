import { constants } from 'node:os';
import { BUILD, DEADLINE, JOB_TOOLS } from './definition';
import type { Container, Task } from '@aws-sdk/client-ecs';

/** What ECS says of a container first, and what that means. As its guide and its agent word it. */
const OUT_OF_MEMORY = /^OutOfMemoryError/;
const NO_IMAGE = /^CannotPull/;
const NO_START = /^Cannot(Start|Create)ContainerError/;
const NO_RESOURCES = /^ResourceInitializationError/;

export const FORGOTTEN =
    'ECS does not know the task of the build: none was run, or it ended more than an hour ago. Start the build again.';

/** Whether nothing of a task goes on any more. */
export function isStopped({ lastStatus }: Task) {
    return lastStatus === 'STOPPED';
}

/** Whether a task has ended, or is told to. */
export function isOver(task: Task) {
    return isStopped(task) || task.desiredStatus === 'STOPPED';
}

/** Whether a build's container has run. */
export function hasRun(task: Task) {
    const { exitCode, lastStatus } = containerOf(task, BUILD) ?? {};

    return lastStatus === 'RUNNING' || exitCode !== undefined;
}

/** Whether somebody has ended a task by StopTask. */
export function wasStopped({ stopCode }: Task) {
    return stopCode === 'UserInitiated';
}

/**
 * Why a build did not come up, or did not end well, in words for its owner; an empty text where nothing is wrong.
 *
 * @param stuckSeconds for which a task may wait
 */
export function reasonOf(task: Task, stuckSeconds: number): string {
    if (isStopped(task)) return failureOf(task);
    if (isOver(task) || hasRun(task)) return '';
    const waited = (Date.now() - (task.createdAt?.getTime() ?? Date.now())) / 1000;

    return waited > stuckSeconds ? `The build has not begun after ${Math.round(waited)} seconds: ${awaited(task)}` : '';
}

export function describe(task: Task): string {
    if (isStopped(task)) {
        return failureOf(task) || 'The build has ended: its launcher has told the API how. See the log of the build.';
    }
    if (isOver(task)) return 'The build is being ended.';

    return hasRun(task) ? `The build runs since ${sinceWhen(task)}.` : `The build waits: ${awaited(task)}`;
}

function sinceWhen({ startedAt, createdAt }: Task) {
    return (startedAt ?? createdAt)?.toISOString() ?? 'a while';
}

function awaited(task: Task) {
    return task.lastStatus === 'PROVISIONING'
        ? 'ECS is to find room for it, and a network.'
        : 'ECS is to pull its images, to read its token, and to copy the job tools.';
}

/** In the order in which one thing is the cause of the next. */
function failureOf(task: Task): string {
    const { stopCode, stoppedReason = '', containers = [] } = task;
    const [build, jobTools, deadline] = [BUILD, JOB_TOOLS, DEADLINE].map(name => containerOf(task, name ?? ''));
    const isFailed = jobTools?.exitCode !== undefined && jobTools.exitCode !== 0 && !hasRun(task) && !wasStopped(task);

    if (isFailed) return `The job tools could not be copied: exit code ${inWords(jobTools.exitCode)}.`;
    const told = [...containers].sort((one, other) => Number(other === build) - Number(one === build));
    const [container, reason = ''] =
        told.map(one => [one, one.reason] as const).find(([, text]) => text && KNOWN.some(known => known.test(text))) ??
        [];

    if (container) return ofContainer(container, reason);
    if (NO_RESOURCES.test(stoppedReason)) return noResources(stoppedReason);
    if (KNOWN.some(known => known.test(stoppedReason))) return ofContainer({}, stoppedReason);
    if (deadline?.exitCode === 0) return 'The build took longer than its timeout, and its task was ended.';

    return byCode(stopCode, stoppedReason, build);
}

const KNOWN = [OUT_OF_MEMORY, NO_IMAGE, NO_START, NO_RESOURCES];

function ofContainer({ name, image = 'of the build' }: Container, reason: string) {
    const whose = name === BUILD || !name ? `The build's container` : `The container ${name}`;

    if (OUT_OF_MEMORY.test(reason)) {
        return `${whose} ran out of memory. The annotation screwdriver.cd/ram gives more.`;
    }
    if (NO_IMAGE.test(reason)) return `The image ${image} cannot be had: ${sentence(reason)}`;
    if (NO_START.test(reason)) return `${whose} cannot be started: ${sentence(reason)}`;

    return noResources(reason);
}

function noResources(reason: string) {
    return (
        `ECS could not prepare the build's task: ${sentence(reason)} ` +
        `Its execution role, its network or its secret is not as it should be: tell the administrators.`
    );
}

function byCode(stopCode: Task['stopCode'], reason: string, build: Container | undefined): string {
    const { exitCode } = build ?? {};

    switch (stopCode) {
        case 'TaskFailedToStart':
            return `The build's task could not be started: ${sentence(reason)}`;
        case 'SpotInterruption':
        case 'TerminationNotice':
            return `AWS has taken back what the build ran on: ${sentence(reason)} Start the build again.`;
        case 'UserInitiated':
            return `The build was stopped: ${sentence(reason)}`;
        default:
            if (exitCode === 0) return '';
            if (exitCode !== undefined) return `The build's container ended with exit code ${inWords(exitCode)}.`;

            return `The build's task has ended: ${sentence(reason || 'ECS gives no reason')}`;
    }
}

function inWords(exitCode = 0) {
    const signal = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];

    return signal ? `${exitCode} (ended by ${signal})` : String(exitCode);
}

function containerOf({ containers = [] }: Task, name: string) {
    return containers.find(container => container.name === name);
}

function sentence(text: string) {
    return text.trim().replace(/[^.!?]$/, '$&.');
}
