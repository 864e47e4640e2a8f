import { readdir, readFile } from 'node:fs/promises';

/**
 * Whether a process of the group runs. A zombie does not: it waits for its parent to look at it, which can take forever
 * in a container whose first process is no init.
 */
export async function hasRunningMember(group: number): Promise<boolean> {
    if (!hasMember(group)) return false;
    let names: string[];

    try {
        names = await readdir('/proc');
    } catch {
        // No procfs, as on macOS: a zombie then counts.
        return true;
    }
    for (const name of names) {
        if (/^\d+$/.test(name) && (await isRunningIn(group, name))) return true;
    }

    return false;
}

function hasMember(group: number): boolean {
    try {
        return process.kill(-group, 0);
    } catch {
        return false;
    }
}

async function isRunningIn(group: number, pid: string): Promise<boolean> {
    // It may have ended since it was listed.
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // After the name, which may hold anything, a parenthesis too: state, parent, group.
    const [state, , itsGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');

    return Number(itsGroup) === group && state !== 'Z' && state !== 'X';
}
