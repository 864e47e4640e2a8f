'use strict';

const { constants } = require('node:os');
const { BUILD, JOB_TOOLS } = require('./containers');
const { imageFailureOf } = require('./explain-image');
const { secretNameOf } = require('./pod');

/** @typedef {import('@kubernetes/client-node').V1Pod} Pod */
/** @typedef {import('@kubernetes/client-node').V1ContainerStatus} ContainerStatus */

/** Why a container waits, or has ended, where it could not be made or begun. */
const START = [
    'CreateContainerConfigError',
    'PreCreateHookError',
    'CreateContainerError',
    'PreStartHookError',
    'RunContainerError',
    'StartError',
    'ContainerCannotRun'
];
/** What a node says that is loaded, or has not heard of everything yet. It tries again. */
const PASSING = [
    'context deadline exceeded',
    'is reserved for',
    'failed to sync secret cache',
    'failed to sync configmap cache',
    'services have not yet been read'
];

/**
 * Why a container did not start or did not end well; an empty text where it did, or still may.
 *
 * @param {Pod} pod
 * @param {ContainerStatus} container
 * @param {boolean} isStuck whether the cluster has tried for long enough
 */
function failureOf(pod, { name, state }, isStuck) {
    const { waiting, terminated } = state ?? {};
    const { reason = '', message = '' } = waiting ?? terminated ?? {};
    const { image = '', command, resources } = specOf(pod, name) ?? {};
    const title = titleOf(name);
    const refusal = refusalOf(message, command?.[0]);

    if (terminated?.exitCode === 0) return '';
    const whose = [BUILD, JOB_TOOLS].includes(name) ? '' : ` of the init container ${name}`;
    const imageFailure = imageFailureOf(image, whose, waiting ?? {}, isStuck);

    if (imageFailure) return imageFailure;
    if (refusal && name === BUILD) {
        return (
            `The launch script ${command?.[0]} cannot run in the image ${image}: ${sentence(refusal)} ` +
            `The job tools must hold it, and the image the shell that it needs.`
        );
    }
    // A pod names the Secret of its token before that is there.
    if (waiting && message.includes(`"${secretNameOf(pod)}" not found`)) return '';
    if (START.includes(reason)) {
        const isPassing = waiting && PASSING.some(words => message.includes(words));

        if (!isPassing) return `${title} cannot be started: ${sentence(message || reason)}`;

        return isStuck ? `${title} is not started yet, the cluster tries again: ${sentence(message)}` : '';
    }
    if (!terminated) return '';
    if (reason === 'ContainerStatusUnknown') {
        return `${title} was lost by its node: how it ended is not known. Start the build again.`;
    }
    const exit = `exit code ${terminated.exitCode}${meaning(terminated)}`;

    if (name === JOB_TOOLS) return `The job tools could not be copied out of ${image}: ${exit}.`;
    if (name !== BUILD) return `${title} failed: ${exit}.`;
    if (reason === 'OOMKilled') {
        return (
            `The build ran out of memory: it may use ${resources?.limits?.memory}. ` +
            `The annotation screwdriver.cd/ram gives more.`
        );
    }

    return `${title} ended with ${exit}.`;
}

/**
 * What the runtime has against a container's command: nothing where it is a mount, a name or a device that it objects
 * to.
 *
 * @param {string} message
 * @param {string | undefined} command
 */
function refusalOf(message, command) {
    const text = message.replaceAll('\\', '');
    const words = [
        // runc, before the container begins.
        `exec: "${command}": `,
        // runc once it has begun, where the interpreter is missing: the last line that the container prints.
        `exec ${command}: `,
        // crun.
        `executable file \`${command}\` `
    ].find(start => text.includes(start));

    return (
        words &&
        text
            .split(words)[1]
            ?.split('\n')[0]
            ?.replace(/"?(: unknown)?\.?$/, '')
    );
}

/** @param {{ exitCode: number, reason?: string }} terminated */
function meaning({ exitCode, reason }) {
    const signal = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];

    if (reason === 'OOMKilled') return ': it ran out of memory';

    return signal ? `: it was ended by ${signal}` : '';
}

/** @param {string} container its name */
function titleOf(container) {
    if (container === BUILD) return `The build's container`;

    return container === JOB_TOOLS ? 'The container of the job tools' : `The init container ${container}`;
}

/**
 * @param {Pod} pod
 * @param {string} container its name
 */
function specOf({ spec }, container) {
    return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].find(({ name }) => name === container);
}

/** @param {string} text */
function sentence(text) {
    return text.trim().replace(/[^.!?]$/, '$&.');
}

module.exports = { failureOf, sentence, specOf };
