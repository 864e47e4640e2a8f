import { constants } from 'node:fs';
import { access, cp, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { folderFailed, launcherBusy, launchFailed } from './errors';
import { removeFolder } from './removal';
import type { Settings } from './options';

/** The folders of one build. */
export interface Workspace {
    /** The build's own folder, which contains the others. */
    folder: string;
    /** Where the launcher starts. */
    source: string;
    /** For temporary files. */
    temporary: string;
    /** The build's own copy of the job tools, so that its changes do not affect other builds. */
    mountPoint: string;
}

/** Creates the folders of a build, replacing existing ones, and copies the job tools. */
export async function makeWorkspace(folder: string, settings: Settings): Promise<Workspace> {
    const workspace: Workspace = {
        folder,
        source: join(folder, 'source'),
        temporary: join(folder, 'tmp'),
        mountPoint: join(folder, settings.mountPoint)
    };

    // Checked before the exchange: a build without a launcher needs no token.
    await checkLauncher(join(settings.jobTools, 'launch'));
    try {
        await removeFolder(folder);
        await mkdir(workspace.source, { recursive: true });
        await mkdir(workspace.temporary, { recursive: true });
        await mkdir(workspace.mountPoint, { recursive: true });
        await copyTools(settings.jobTools, workspace.mountPoint);
    } catch (error) {
        throw folderFailed(error as NodeJS.ErrnoException);
    }

    return workspace;
}

async function checkLauncher(path: string): Promise<void> {
    try {
        await access(path, constants.X_OK);
    } catch (error) {
        throw launchFailed(path, error as NodeJS.ErrnoException, {});
    }
}

/** Rejects if the launcher changes during the copy: a partial copy would run. */
async function copyTools(from: string, to: string): Promise<void> {
    const launcher = join(from, 'launch');
    const before = await stat(launcher);

    for (const name of await readdir(from)) {
        const source = join(from, name);

        // The folder of the builds may be inside the folder of the launcher.
        if (to.startsWith(`${source}/`)) continue;
        await cp(source, join(to, name), { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
    }
    const after = await stat(launcher);

    if (before.mtimeMs !== after.mtimeMs || before.size !== after.size) throw launcherBusy(launcher);
}
