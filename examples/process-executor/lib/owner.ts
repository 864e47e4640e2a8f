import { randomUUID } from 'node:crypto';
import { bootId, readProcess } from './procfs';

/** The executor that a build's folder belongs to. */
export interface Owner {
    pid: number;
    /** The boot and the tick in which its process was started: a pid alone may have been given to another since. */
    startedAt: string;
    /** Its own for each claim. */
    token: string;
}

/** What this process writes into a folder that it claims. */
export async function newOwner(): Promise<Owner> {
    return { pid: process.pid, startedAt: await startOf(process.pid), token: randomUUID() };
}

/** Whether the owner's process runs. One that is stopped (SIGSTOP) does: it may go on. */
export async function isAlive({ pid, startedAt }: Pick<Owner, 'pid' | 'startedAt'>): Promise<boolean> {
    if ((await bootId()) !== '') return (await startOf(pid)) === startedAt;
    try {
        return process.kill(pid, 0);
    } catch {
        return false;
    }
}

async function startOf(pid: number): Promise<string> {
    const found = await readProcess(String(pid));

    return found ? `${await bootId()}-${found.startedAt}` : '';
}
