import { readdir, readFile } from 'node:fs/promises';

/** A process that runs. */
export interface Process {
    pid: string;
    /** Its process group. */
    group: number;
    /** When it was started, in the system's ticks since this boot: a number may be given again, but not at this time. */
    startedAt: string;
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

/** The process with this number, if there is one and it runs. */
export async function readProcess(pid: string): Promise<Process | undefined> {
    const stat = await read(pid, 'stat');
    // After the name, which may hold anything, a parenthesis too: state, parent, group and so on.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = '', , group] = fields;

    return /^[^ZX]$/.test(state) ? { pid, group: Number(group), startedAt: String(fields[19]) } : undefined;
}

/** The variables that a process was started with, `NAME=value`. None for those of other users. */
export async function environmentOfProcess(pid: string): Promise<string[]> {
    return (await read(pid, 'environ')).split('\0');
}

/** A process's command and its arguments. */
export async function argumentsOfProcess(pid: string): Promise<string[]> {
    return (await read(pid, 'cmdline')).split('\0');
}

/** Of the machine since it was started; empty where there is no procfs. */
export function bootId(): Promise<string> {
    return readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
        id => id.trim(),
        () => ''
    );
}

/** Empty for a process that has ended since it was listed. */
function read(pid: string, file: string): Promise<string> {
    return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
}
