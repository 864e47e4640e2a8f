import { constants } from 'node:os';
import { BUILD, JOB_TOOLS } from './containers';
import { imageFailureOf } from './explain-image';
import { launchFailureOf } from './explain-launch';
import { secretNameOf } from './pod';
import { sentence } from './sentence';
import type { V1Container, V1ContainerStatus as ContainerStatus, V1Pod as Pod } from '@kubernetes/client-node';

/** The reasons with which a container waits, or has ended, if it could not be created or started. */
const START = [
    'CreateContainerConfigError',
    'PreCreateHookError',
    'CreateContainerError',
    'PreStartHookError',
    'RunContainerError',
    'StartError',
    'ContainerCannotRun'
];
/**
 * What a node says about a container that it can never create. It retries after every error, and most errors pass: the
 * node is loaded, does not know of everything yet, prepares a volume, or still removes a container of that name.
 */
const FINAL =
    /runAsNonRoot|non-numeric user|not a (device node|directory)|couldn't find key|\binvalid\b|no command specified|executable file .*not found|exec format error|unknown capability|no runtime for/i;

/**
 * Why a container did not start or failed. An empty text if it has not failed so far.
 *
 * @param isStuck whether the cluster has tried for long enough
 */
export function failureOf(pod: Pod, { name, state }: ContainerStatus, isStuck: boolean) {
    const { waiting, terminated } = state ?? {};
    const { reason = '', message = '' } = waiting ?? terminated ?? {};
    const spec = specOf(pod, name);
    const { image = '' } = spec ?? {};
    const title = titleOf(name);

    if (terminated?.exitCode === 0) return '';
    if (reason === 'OOMKilled' && name === BUILD) return outOfMemory('The build', spec);
    const whose = [BUILD, JOB_TOOLS].includes(name) ? '' : ` of the init container ${name}`;
    const imageFailure = imageFailureOf(image, whose, waiting ?? {}, isStuck);

    if (imageFailure) return imageFailure;
    const launchFailure = spec && name === BUILD && launchFailureOf(spec, state ?? {});

    if (launchFailure) return launchFailure;
    // A pod names the Secret of its token before the Secret exists.
    if (waiting && message.includes(`"${secretNameOf(pod)}" not found`)) return '';
    if (START.includes(reason)) {
        const words = sentence(message || reason);

        if (terminated || FINAL.test(message)) return `${title} cannot be started: ${words}`;

        return isStuck ? `${title} is not started yet, the cluster tries again: ${words}` : '';
    }
    if (!terminated) return '';
    if (reason === 'ContainerStatusUnknown') {
        return `${title} was lost by its node: how it ended is not known. Start the build again.`;
    }
    const exit = `exit code ${terminated.exitCode}${meaning(terminated)}`;

    if (name === JOB_TOOLS) return `The job tools could not be copied out of ${image}: ${exit}.`;

    return name === BUILD ? `${title} ended with ${exit}.` : `${title} failed: ${exit}.`;
}

export function outOfMemory(what: string, spec: V1Container | undefined) {
    return (
        `${what} ran out of memory: it may use ${spec?.resources?.limits?.memory}. ` +
        `Request more with the annotation screwdriver.cd/ram.`
    );
}

function meaning({ exitCode, reason }: { exitCode: number; reason?: string }) {
    const signal = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];

    if (reason === 'OOMKilled') return ': it ran out of memory';

    return signal ? `: it was ended by ${signal}` : '';
}

/** @param container its name */
function titleOf(container: string) {
    if (container === BUILD) return `The build's container`;

    return container === JOB_TOOLS ? 'The container of the job tools' : `The init container ${container}`;
}

/** @param container its name */
export function specOf({ spec }: Pod, container: string) {
    return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].find(({ name }) => name === container);
}
