import { randomUUID } from 'node:crypto';
import { bootId, readProcess } from './procfs';

/** The executor that a build's folder belongs to. */
export interface Owner {
    pid: number;
    /** The boot and the tick at which its process was started, since its pid may have been reused. */
    startedAt: string;
    /** A different one for each claim. */
    token: string;
}

/** The record that this process writes into a folder that it claims. */
export async function newOwner(): Promise<Owner> {
    return { pid: process.pid, startedAt: await startOf(process.pid), token: randomUUID() };
}

/** Whether the owner's process runs. A stopped process (SIGSTOP) counts as running, since it may continue. */
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
