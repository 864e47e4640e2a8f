import { chmod, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, newOwner } from './owner';

/**
 * Renames a folder at once, then removes it. Makes writable what a build has protected from its own user. If something
 * cannot be removed, it stays under the new name, a warning names it, and the next executor tries again.
 */
export async function removeFolder(folder: string): Promise<void> {
    const discarded = await temporaryName(folder);

    try {
        await rename(folder, discarded);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
        throw error;
    }
    await discard(discarded);
}

/** A name next to the folder that contains its owner, so that others can remove it when the owner has died. */
export async function temporaryName(folder: string): Promise<string> {
    const { pid, startedAt, token } = await newOwner();

    return [folder, pid, startedAt, token].join('~');
}

/** Removes what dead executors have left under temporary names. */
export async function removeLeftovers(root: string): Promise<void> {
    for (const name of await readdir(root).catch(() => [])) {
        const [, pid, startedAt, token] = name.split('~');

        if (token && !(await isAlive({ pid: Number(pid), startedAt: String(startedAt) }))) {
            await discard(join(root, name));
        }
    }
}

async function discard(folder: string): Promise<void> {
    try {
        await rm(folder, { recursive: true, force: true }).catch(async () => {
            await makeWritable(folder);
            await rm(folder, { recursive: true, force: true });
        });
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;

        process.emitWarning(`The folder ${folder} cannot be removed (${code}) and stays`, 'ProcessExecutorWarning');
    }
}

/** Does not follow links: their targets do not belong to the build. */
async function makeWritable(folder: string): Promise<void> {
    await chmod(folder, 0o700).catch(() => {});
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
        if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
    }
}
