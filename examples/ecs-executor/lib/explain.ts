import { constants } from 'node:os';
import { BUILD, DEADLINE, JOB_TOOLS } from './definition';
import type { Task } from '@aws-sdk/client-ecs';

export const FORGOTTEN =
    'ECS does not know the task of the build: there was none, or it ended more than an hour ago. Start the build again.';

/** For a launcher that ends with 0 before its build runs. */
export const SILENT = 'The launcher of the build ended before the build ran, and did not report why.';

const BROKEN_SETUP = 'Its execution role, its network or its secret is set up wrongly: tell the administrators.';

/** How the reasons of ECS begin that its guide and its agent have words for, and what they mean. */
const REASONS: [begin: RegExp, words: (container: string, image: string, reason: string) => string][] = [
    [
        /^OutOfMemoryError/,
        container => `${container} ran out of memory. The annotation screwdriver.cd/ram requests more.`
    ],
    [/^CannotPull/, (_, image, reason) => `The image ${image} cannot be pulled: ${reason}`],
    [/^Cannot(Start|Create)ContainerError/, (container, _, reason) => `${container} cannot be started: ${reason}`],
    [
        /^ResourceInitializationError/,
        (_container, _image, reason) => `ECS could not prepare the build's task: ${reason} ${BROKEN_SETUP}`
    ]
];

/** What the codes of ECS mean; a reason follows. */
const STOP_CODES: Record<string, string> = {
    TaskFailedToStart: `The build's task could not be started`,
    SpotInterruption: 'AWS has taken back the machine of the build, which can be started again',
    TerminationNotice: 'AWS has taken back the machine of the build, which can be started again',
    UserInitiated: 'The build was stopped'
};

export function isStopped({ lastStatus }: Task) {
    return lastStatus === 'STOPPED';
}

/** Whether a task has ended or is ending. */
export function isOver(task: Task) {
    return isStopped(task) || task.desiredStatus === 'STOPPED';
}

/** Whether the container of a build runs or has run. */
export function hasRun(task: Task) {
    const { exitCode, lastStatus } = containerOf(task, BUILD) ?? {};

    return lastStatus === 'RUNNING' || exitCode !== undefined;
}

/** Whether a task has ended, or is ending, because of StopTask. */
export function wasStopped({ stopCode }: Task) {
    return stopCode === 'UserInitiated';
}

/**
 * Why a build did not come up or did not end well, in words for its owner. Empty if nothing is wrong.
 *
 * @param stuckSeconds how long a task may wait
 */
export function reasonOf(task: Task, stuckSeconds: number): string {
    if (isStopped(task)) return failureOf(task);
    if (isOver(task) || hasRun(task)) return '';
    const waited = (Date.now() - (task.createdAt?.getTime() ?? Date.now())) / 1000;

    return waited > stuckSeconds ? `The build has not begun after ${Math.round(waited)} seconds: ${awaited(task)}` : '';
}

export function describe(task: Task): string {
    if (isStopped(task)) return failureOf(task) || 'The build has ended. Its log says how.';
    if (isOver(task)) return 'The build is being ended.';
    if (!hasRun(task)) return `The build is waiting: ${awaited(task)}`;

    return `The build has been running since ${(task.startedAt ?? task.createdAt ?? new Date()).toISOString()}.`;
}

function awaited({ lastStatus }: Task) {
    return lastStatus === 'PROVISIONING'
        ? 'ECS is looking for room for it, and for a network.'
        : 'ECS is pulling its images, reading its token or copying the job tools.';
}

/** Causes come before their effects. */
function failureOf(task: Task): string {
    const { containers = [], stopCode = '', stoppedReason = '' } = task;
    const [build, jobTools, deadline] = [BUILD, JOB_TOOLS, DEADLINE].map(name => containerOf(task, name));

    if (jobTools?.exitCode && !hasRun(task) && !wasStopped(task)) {
        return `The job tools could not be copied: exit code ${inWords(jobTools.exitCode)}.`;
    }
    for (const { name = BUILD, image = 'of the build', reason = '' } of [
        build ?? {},
        ...containers,
        { reason: stoppedReason }
    ]) {
        const words = REASONS.find(([begin]) => begin.test(reason))?.[1];
        const container = name === BUILD ? `The build's container` : `The container ${name}`;

        if (words) return words(container, image, sentence(reason));
    }
    if (deadline?.exitCode === 0) return 'The build took longer than its timeout, and its task was ended.';
    if (STOP_CODES[stopCode]) return `${STOP_CODES[stopCode]}: ${sentence(stoppedReason)}`;
    if (build?.exitCode === undefined)
        return `The build's task has ended: ${sentence(stoppedReason || 'ECS gives no reason')}`;

    return build.exitCode === 0 ? '' : `The build's container ended with exit code ${inWords(build.exitCode)}.`;
}

function inWords(exitCode: number) {
    const signal = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];

    return signal ? `${exitCode} (ended by ${signal})` : String(exitCode);
}

function containerOf({ containers = [] }: Task, name: string) {
    return containers.find(container => container.name === name);
}

function sentence(text: string) {
    return text.trim().replace(/[^.!?]$/, '$&.');
}
