import { readdir, readFile } from 'node:fs/promises';

/** A process that runs. */
export interface Process {
    pid: string;
    /** Its process group. */
    group: number;
}

/**
 * The processes that run; undefined where there is no procfs, as on macOS.
 *
 * A zombie does not run: it waits for its parent to look at it, which can take forever in a container whose first
 * process is no init.
 */
export async function runningProcesses(): Promise<Process[] | undefined> {
    const names = await readdir('/proc').catch(() => undefined);
    const processes = await Promise.all(names?.filter(name => /^\d+$/.test(name)).map(readProcess) ?? []);

    return names && processes.filter(process => process !== undefined);
}

async function readProcess(pid: string): Promise<Process | undefined> {
    const stat = await read(pid, 'stat');
    // After the name, which may hold anything, a parenthesis too: state, parent, group.
    const [state = '', , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');

    return /^[^ZX]$/.test(state) ? { pid, group: Number(group) } : undefined;
}

/** The variables that a process was started with, `NAME=value`. None for those of other users. */
export async function environmentOfProcess({ pid }: Process): Promise<string[]> {
    return (await read(pid, 'environ')).split('\0');
}

/** Empty for a process that has ended since it was listed. */
function read(pid: string, file: string): Promise<string> {
    return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
}
