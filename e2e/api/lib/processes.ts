import { outputOf } from './command';

interface Process {
    pid: number;
    group: number;
    line: string;
}

/** Every running process, without those that have ended and that their parent has not yet reaped. */
async function processes(): Promise<Process[]> {
    const lines = (await outputOf('ps', ['-A', '-o', 'pid=,pgid=,stat=,args='])).split('\n');

    return lines
        .map(line => line.trim().split(/\s+/))
        .filter(([, , state]) => state && !state.startsWith('Z'))
        .map(([pid, group, , ...line]) => ({ pid: Number(pid), group: Number(group), line: line.join(' ') }));
}

/** The processes whose command line names the folder: launchers run from inside it. */
export async function processesOf(folder: string): Promise<Process[]> {
    return (await processes()).filter(({ line }) => line.includes(folder));
}

/** Whether a process of the group is left. */
export async function groupRuns(id: number): Promise<boolean> {
    return (await processes()).some(({ group }) => group === id);
}

/** Ends the builds that a killed API has left behind. */
export async function killBuilds(folder: string): Promise<void> {
    for (const { pid, group } of await processesOf(folder)) {
        // A build leads its own process group.
        if (pid === group) process.kill(-group, 'SIGKILL');
    }
}

/** The memory of a process, in megabytes. */
export async function memoryOf(pid: number): Promise<number> {
    return Math.round(Number(await outputOf('ps', ['-o', 'rss=', '-p', String(pid)])) / 1024);
}
