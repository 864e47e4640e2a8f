'use strict';

const { constants } = require('node:os');

/** @typedef {import('dockerode').ContainerInspectInfo} ContainerInspectInfo */

const GONE = 'The build has no container on this engine: it was never started here, or it was stopped.';

/**
 * The state of a build's container in words.
 *
 * @param {ContainerInspectInfo | undefined} container
 */
function describeState(container) {
    if (!container) return GONE;
    const { Status, StartedAt } = container.State;

    if (Status === 'running') return `The build has been running since ${StartedAt}.`;
    if (Status === 'created') return `The build's container is there and has not been started yet.`;

    return reasonOf(container) || `The build's container ended with exit code 0.`;
}

/**
 * Why a build did not come up or did not end well; an empty text where it did, or still may.
 *
 * @param {ContainerInspectInfo | undefined} container
 */
function reasonOf(container) {
    if (!container) return GONE;
    const { Status, OOMKilled, ExitCode, Error: error } = container.State;
    const ram = container.HostConfig.Memory ?? 0;

    if (OOMKilled) {
        return `The build ran out of memory: it may use ${gigabytes(ram)}. The annotation screwdriver.cd/ram gives more.`;
    }
    if (error) return `The build's container could not be started: ${error}`;
    if (Status !== 'exited' || ExitCode === 0) return '';

    return `The build's container ended with exit code ${ExitCode}${meaning(ExitCode)}.`;
}

/** @param {number} exitCode */
function meaning(exitCode) {
    const signal = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];

    if (exitCode === 126) return ': a command that it called cannot be run';
    if (exitCode === 127) return ': a command that it called is not there';

    return signal ? `: it was ended by ${signal}` : '';
}

/** @param {number} bytes */
function gigabytes(bytes) {
    return `${Number((bytes / 1024 ** 3).toFixed(2))} GB`;
}

module.exports = { describeState, reasonOf };
