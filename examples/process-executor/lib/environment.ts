import type { Launch } from 'screwdriver-executor-base';
import type { Workspace } from './workspace';

/** The variables that a build may see. Everything else in the API's environment may be a secret of the API. */
const HANDED_ON = ['PATH', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ'];

/**
 * The environment of a build: a few variables of this process, those of the option `environment`, and its own. HOME is
 * the build's folder, so that the build does not see settings or keys of the user who runs the API.
 */
export function environmentOf(
    launch: Launch,
    workspace: Workspace,
    environment: Record<string, string>
): Record<string, string | undefined> {
    return {
        ...Object.fromEntries(HANDED_ON.map(name => [name, process.env[name]])),
        ...environment,
        HOME: workspace.folder,
        TMPDIR: workspace.temporary,
        MOUNT_POINT: workspace.mountPoint,
        ...launch.env
    };
}
