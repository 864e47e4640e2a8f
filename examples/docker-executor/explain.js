'use strict';

const { constants } = require('node:os');

/**
 * What is known of a build's container: what the engine says, and the last line that it printed where it failed.
 *
 * @typedef {{ info: import('dockerode').ContainerInspectInfo, lastLine?: string }} Found
 */

const GONE = 'The build has no container on this engine: it was never started here, or it was stopped.';
const STARTING = 'The build is being started.';
const ENDED_WELL = `The build's container ended with exit code 0.`;

/** What the states of a container that is well mean for its build. @type {Record<string, string>} */
const WORDS = {
    created: `The build's container is there and has not been started yet.`,
    paused: `The build's container is paused: somebody has paused it on its engine.`,
    restarting: `The build's container is being started again.`,
    removing: `The build's container is being removed.`,
    exited: ENDED_WELL,
    dead: ENDED_WELL
};

/**
 * The state of a build in words.
 *
 * @param {Found | undefined} found
 * @param {boolean} [isStarting] whether a start has it in hand
 */
function describeState(found, isStarting) {
    if (!found) return isStarting ? STARTING : GONE;
    const { Status, StartedAt } = found.info.State;

    if (Status === 'running') return `The build has been running since ${StartedAt}.`;

    return reasonOf(found) || (WORDS[Status] ?? `The build's container is ${Status}.`);
}

/**
 * Why a build did not come up or did not end well; an empty text where it did, or still may.
 *
 * @param {Found | undefined} found
 * @param {boolean} [isStarting] whether a start has it in hand
 */
function reasonOf(found, isStarting) {
    if (!found) return isStarting ? '' : GONE;
    const { State, HostConfig, Config, Path } = found.info;
    const { Status, OOMKilled, ExitCode, Error: error } = State;

    // The executor ended in the middle of the start: otherwise it would have removed the container.
    if (Status === 'created' && error) {
        return isAbout(Path, error) ? cannotRun(Path, Config.Image) : `The build's container could not start: ${error}`;
    }
    // A process of the build can be ended for want of memory while the build itself goes on, and ends well.
    if (!['exited', 'dead'].includes(Status) || ExitCode === 0) return '';
    if (OOMKilled) {
        const ram = gigabytes(HostConfig.Memory ?? 0);

        return `The build ran out of memory: it may use ${ram}. The annotation screwdriver.cd/ram gives more.`;
    }
    // The engine cannot tell in every case before it starts a container whether its entry point can run.
    if (found.lastLine?.startsWith(`exec ${Path}: `)) return cannotRun(Path, Config.Image);

    return `The build's container ended with exit code ${ExitCode}${meaning(ExitCode)}.`;
}

/**
 * Whether the engine could not start a container because of its launch script.
 *
 * @param {string} launch the path of the launch script
 * @param {string} text the engine's
 */
function isAbout(launch, text) {
    return (
        text.includes(launch) && /no such file|not found in|executable file|permission denied|exec format/i.test(text)
    );
}

/**
 * @param {string} launch the path of the launch script
 * @param {string} image the build's
 */
function cannotRun(launch, image) {
    return (
        `The launch script ${launch} cannot run in the image ${image}: ` +
        `the job tools do not hold it, or the image lacks the shell that it needs.`
    );
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

module.exports = { cannotRun, describeState, isAbout, reasonOf };
