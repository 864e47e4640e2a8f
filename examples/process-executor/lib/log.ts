import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;

/** Opens a build's log for what is added to it. A link that somebody has put in its place is not followed (ELOOP). */
export function openLog(path: string): Promise<FileHandle> {
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
}
