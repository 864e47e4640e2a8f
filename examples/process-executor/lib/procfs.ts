import { readdir, readFile } from 'node:fs/promises';

/** A running process. */
export interface Process {
    pid: string;
    /** Its process group. */
    group: number;
    /** When it was started, in ticks since boot. A pid may be reused, but not with the same start. */
    startedAt: string;
}

/**
 * The running processes; undefined if there is no procfs, as on macOS.
 *
 * Leaves out zombies: a zombie waits for its parent, which can take forever in a container whose first process is not
 * an init.
 */
export async function runningProcesses(): Promise<Process[] | undefined> {
    const names = await readdir('/proc').catch(() => undefined);
    const processes = await Promise.all(names?.filter(name => /^\d+$/.test(name)).map(readProcess) ?? []);

    return names && processes.filter(process => process !== undefined);
}

/** The process with this pid, if it runs. */
export async function readProcess(pid: string): Promise<Process | undefined> {
    const stat = await read(pid, 'stat');
    // The fields after the name, which may contain anything, even a parenthesis: state, parent, group and so on.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = '', , group] = fields;

    return /^[^ZX]$/.test(state) ? { pid, group: Number(group), startedAt: String(fields[19]) } : undefined;
}

/** The environment with which a process was started, as `NAME=value`. Empty for processes of other users. */
export async function environmentOfProcess(pid: string): Promise<string[]> {
    return (await read(pid, 'environ')).split('\0');
}

/** A process's command and its arguments. */
export async function argumentsOfProcess(pid: string): Promise<string[]> {
    return (await read(pid, 'cmdline')).split('\0');
}

/** The id of the machine's current boot; empty if there is no procfs. */
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
