import { constants } from 'node:os';
import { OFFICIAL_LAUNCH, withoutSecrets } from 'screwdriver-executor-base';
import type Docker = require('dockerode');

/**
 * What is known about a build's container: what the engine says, the last line that it printed if it failed, and whether
 * its end was ordered.
 */
export type Found = { info: Docker.ContainerInspectInfo; lastLine?: string; isEnding?: boolean };

const GONE = 'The build has no container on this engine: it was never started here, or it was stopped.';
const FORGOTTEN = `The build's container was made and never started: its executor has ended in the midst of the start.`;
const STARTING = 'The build is being started.';
const ENDING = 'The build is being ended.';
/** The official launcher ends with exit code 0 whatever the result of the build. */
const ENDED = `The build's container has ended. Its launcher has reported the result to the API.`;

/** What the states of a container mean for its build, unless something more is known. */
const WORDS: Record<string, string> = {
    created: `The build's container is there and has not been started yet.`,
    paused: `The build's container is paused: somebody has paused it on its engine.`,
    restarting: `The build's container is being started again.`,
    // Podman only.
    stopping: ENDING,
    removing: `The build's container is being removed.`,
    exited: ENDED,
    dead: ENDED
};

/**
 * Describes the state of a build.
 *
 * @param isStarting whether a start of the build is under way
 */
export function describeState(found: Found | undefined, isStarting?: boolean) {
    if (!found) return isStarting ? STARTING : GONE;
    const { Status, StartedAt, OOMKilled } = found.info.State;

    if (found.isEnding) return ENDING;
    if (Status === 'running') return `The build has been running since ${StartedAt}.`;
    const reason = reasonOf(found);

    // The exit code does not show it if the launcher went on.
    if (!reason && OOMKilled && hasEnded(found)) return outOfMemory('A step of the build', found);

    return reason || (WORDS[Status] ?? `The build's container is ${Status}.`);
}

/**
 * Why a build did not come up or was cut short. The text is empty if the build came up or still may. Only the API knows
 * the result of a build that ended by itself.
 *
 * @param isStarting whether a start of the build is under way
 */
export function reasonOf(found: Found | undefined, isStarting?: boolean) {
    if (!found) return isStarting ? '' : GONE;
    if (found.isEnding) return '';
    const { State, Config, Path } = found.info;
    const { Status, OOMKilled, ExitCode, Error: error } = State;

    // The executor ended in the middle of the start: otherwise it would have removed the container.
    if (Status === 'created' && error) {
        return isAbout(Path, error)
            ? cannotRun(Path, Config.Image)
            : `The build's container could not start: ${withoutSecrets(error)}`;
    }
    // If only a step ran out of memory, the launcher lives and tells the API.
    if (!hasEnded(found) || ExitCode === 0) return '';
    if (OOMKilled) return outOfMemory('The build', found);
    // The engine cannot always tell before it starts a container whether its entry point can run.
    if ([`exec ${Path}: `, '[dumb-init] '].some(words => found.lastLine?.startsWith(words)))
        return cannotRun(Path, Config.Image);

    return (
        (Path.endsWith('/dumb-init') && OFFICIAL_LAUNCH.exitCodes[ExitCode]) ||
        `The build's container ended with exit code ${ExitCode}${meaning(ExitCode)}.`
    );
}

/** What is wrong with a build whose end the API does not know and the engine does not explain. */
export function silence({ info, lastLine }: Found) {
    if (info.State.Status === 'created') return FORGOTTEN;
    const words = 'The launcher of the build has ended without telling the API how the build went.';

    return lastLine?.trim() ? `${words} Its last line: ${withoutSecrets(lastLine.trim())}` : words;
}

export function hasEnded({ info }: Found) {
    return ['exited', 'dead'].includes(info.State.Status);
}

function outOfMemory(what: string, { info }: Found) {
    const ram = Number(((info.HostConfig.Memory ?? 0) / 1024 ** 3).toFixed(2));

    return `${what} ran out of memory: it may use ${ram} GB. Request more with the annotation screwdriver.cd/ram.`;
}

/**
 * Whether the engine could not start a container because of its entry point.
 *
 * @param entryPoint path of the launch script, or of what runs it
 * @param text the engine's message
 */
export function isAbout(entryPoint: string, text: string) {
    return (
        text.includes(entryPoint) &&
        /no such file|not found in|executable file|permission denied|exec format/i.test(text)
    );
}

/**
 * @param entryPoint path of the launch script, or of what runs it
 * @param image the build's
 */
export function cannotRun(entryPoint: string, image: string) {
    return (
        `${entryPoint} of the job tools cannot run in the image ${image}: ` +
        `the job tools do not hold it, or the image lacks the shell that it needs.`
    );
}

function meaning(exitCode: number) {
    const signal = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];

    if (exitCode === 126) return ': a command that it called cannot be run';
    if (exitCode === 127) return ': a command that it called was not found';

    return signal ? `: it was ended by ${signal}` : '';
}
