import { chmod, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, newOwner } from './owner';

/**
 * Takes a folder out of the way at once, then away. What a build has protected from its own user is made writable
 * first; what cannot be removed all the same stays beside the others, a warning names it, and the next executor tries
 * again.
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

/** A name beside the folder's own that says whose it is: what its owner leaves when it dies can be removed. */
export async function temporaryName(folder: string): Promise<string> {
    const { pid, startedAt, token } = await newOwner();

    return [folder, pid, startedAt, token].join('~');
}

/** Removes what executors that are no longer there have left under temporary names. */
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

/** Links are not followed: what they lead to is not the build's. */
async function makeWritable(folder: string): Promise<void> {
    await chmod(folder, 0o700).catch(() => {});
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
        if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
    }
}
