import { access, constants, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { launchFailed } from './errors';
import type { Settings } from './options';

/** The folders of one build. */
export interface Workspace {
    /** The build's own folder, which holds the others. */
    folder: string;
    /** Where the launcher starts. */
    source: string;
    /** For temporary files. */
    temporary: string;
    /** The job tools, as this build sees them. */
    mountPoint: string;
}

/**
 * Makes the folders of a build and mounts the job tools. Leaves nothing behind where that fails.
 *
 * Two builds never share a folder, nor does a build with what a killed executor left of an earlier one: the name ends
 * in characters of chance. Nobody but the executor's user can look into it.
 */
export async function makeWorkspace(buildId: string, settings: Settings): Promise<Workspace> {
    await mkdir(settings.workspaceRoot, { recursive: true, mode: 0o700 });
    const folder = await mkdtemp(join(settings.workspaceRoot, `${buildId}-`));
    const workspace: Workspace = {
        folder,
        source: join(folder, 'source'),
        temporary: join(folder, 'tmp'),
        mountPoint: join(folder, settings.mountPoint)
    };

    try {
        await mkdir(workspace.source, { recursive: true });
        await mkdir(workspace.temporary, { recursive: true });
        await mkdir(dirname(workspace.mountPoint), { recursive: true });
        await symlink(settings.jobTools, workspace.mountPoint, 'dir');
        await checkLauncher(join(settings.jobTools, 'launch'));
    } catch (error) {
        await removeWorkspace(workspace);
        throw error;
    }

    return workspace;
}

/** The link to the job tools is removed, not what it leads to. */
export function removeWorkspace({ folder }: Workspace): Promise<void> {
    return rm(folder, { recursive: true, force: true });
}

/** Asked before the token is: a build without a launcher needs none. */
async function checkLauncher(path: string): Promise<void> {
    try {
        await access(path, constants.X_OK);
    } catch (error) {
        throw launchFailed(path, error as NodeJS.ErrnoException, {});
    }
}
