import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { runningProcesses } from './procfs';
import type { ChildProcess, SpawnOptions } from 'node:child_process';

/** How a process ended: with a code, or by a signal. */
export interface Exit {
    code: number | null;
    signal: NodeJS.Signals | null;
}

/** Milliseconds between two looks at a group that is to end. */
const POLL = 30;
/** Milliseconds after KILL: what is then still there waits for a disk, and no signal reaches it. */
const AFTER_KILL = 1_000;

/**
 * A command in a process group of its own, with everything that it starts: the whole group is ended together. What
 * leaves the group (`setsid`) is not followed; an engine with containers would be needed for that.
 */
export class ProcessGroup {
    readonly pid: number;
    /** Resolves when the command itself has ended; what it started may still run. */
    readonly exited: Promise<Exit>;
    #ending: Promise<void> | undefined;
    readonly #hurry = new AbortController();

    private constructor(child: ChildProcess, pid: number) {
        this.pid = pid;
        this.exited = new Promise(resolve => {
            child.once('exit', (code, signal) => resolve({ code, signal }));
        });
    }

    /** Resolves once the command runs; rejects with the system's error where it cannot. */
    static async spawn(command: string, args: string[], options: SpawnOptions): Promise<ProcessGroup> {
        const child = spawn(command, args, { ...options, detached: true });
        // Without a pid there is no process, and an error event is on its way.
        const group = child.pid === undefined ? undefined : new ProcessGroup(child, child.pid);

        await once(child, 'spawn');

        return group as ProcessGroup;
    }

    /**
     * See {@link endGroup}. Once only: after the group has gone, its number may belong to another. Each signal that is
     * given hurries it.
     */
    end(gracePeriod: number, hurry?: AbortSignal): Promise<void> {
        hurry?.addEventListener('abort', () => this.#hurry.abort(), { once: true });
        if (hurry?.aborted) this.#hurry.abort();

        return (this.#ending ??= endGroup(this.pid, gracePeriod, this.#hurry.signal));
    }
}

/**
 * TERM at once, then KILL for what is still there after the grace period, or when the signal aborts. Resolves when
 * nothing of the group runs.
 */
export async function endGroup(group: number, gracePeriod: number, hurry?: AbortSignal): Promise<void> {
    signal(group, 'SIGTERM');
    if (await isGoneWithin(gracePeriod, group, hurry)) return;
    signal(group, 'SIGKILL');
    await isGoneWithin(AFTER_KILL, group);
}

async function isGoneWithin(milliseconds: number, group: number, hurry?: AbortSignal): Promise<boolean> {
    const end = performance.now() + milliseconds;

    while (await hasRunningMember(group)) {
        if (hurry?.aborted || performance.now() >= end) return false;
        await sleep(POLL);
    }

    return true;
}

async function hasRunningMember(group: number): Promise<boolean> {
    // The system counts zombies too: only where there is somebody is a closer look needed.
    return signal(group, 0) && ((await runningProcesses())?.some(process => process.group === group) ?? true);
}

/** Whether there was a process to signal. */
function signal(group: number, name: NodeJS.Signals | 0): boolean {
    try {
        return process.kill(-group, name);
    } catch {
        return false;
    }
}
