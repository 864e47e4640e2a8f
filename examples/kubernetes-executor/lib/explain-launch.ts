import { OFFICIAL_LAUNCH } from 'screwdriver-executor-base';
import { sentence } from './sentence';
import type { V1Container as Container, V1ContainerState as State } from '@kubernetes/client-node';

/** How the official job tools run the launcher: with this program of theirs and the shell of the build's image. */
const OFFICIAL = '/opt/sd/dumb-init';
const LAUNCH = '/opt/sd/launch';
/** What that program prints if the image has no shell. */
const NO_SHELL = '[dumb-init] /bin/sh: ';
/** The exit codes of the shell if the launch script does not exist or cannot be executed. */
const NO_LAUNCH = [126, 127];

/**
 * Why the launcher could not run in the build's container. Undefined if something else went wrong.
 *
 * @param container as in its pod
 */
export function launchFailureOf({ image, command }: Container, { waiting, terminated }: State) {
    const { message = '' } = waiting ?? terminated ?? {};
    const program = command?.[0] ?? '';
    const refusal = refusalOf(message, program);

    if (refusal) return cannotRun(program, image, refusal);
    if (program !== OFFICIAL || !terminated) return undefined;
    if (message.includes(NO_SHELL)) return `The image ${image} has no /bin/sh, which the launcher needs.`;
    if (NO_LAUNCH.includes(terminated.exitCode)) {
        return cannotRun(
            LAUNCH,
            image,
            /\/opt\/sd\/launch: (.+)/.exec(message)?.[1] ?? `exit code ${terminated.exitCode}`
        );
    }

    return OFFICIAL_LAUNCH.exitCodes[terminated.exitCode];
}

function cannotRun(program: string, image: string | undefined, cause: string) {
    return (
        `The program ${program} cannot run in the image ${image}: ${sentence(cause)} ` +
        `The job tools must hold it, and the image the shell that it needs.`
    );
}

/** What the runtime objects to in a container's command. Nothing if it objects to a mount, a name or a device. */
function refusalOf(message: string, command: string) {
    const text = message.replaceAll('\\', '');
    const words = [
        // runc, before the container starts.
        `exec: "${command}": `,
        // runc after the start, if the interpreter is missing: the last line that the container prints.
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
