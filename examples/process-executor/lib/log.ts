import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;

/**
 * Opens a build's log for appending. Rejects if something else is in its place: a link of either kind, or a pipe, which
 * would block the start until it is read.
 */
export async function openLog(path: string): Promise<FileHandle> {
    const log = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
    const stats = await log.stat();

    if (stats.isFile() && stats.nlink === 1) return log;
    await log.close();
    throw Object.assign(new Error(`${path} is not a regular file with a single link`), { code: 'EINVAL' });
}
