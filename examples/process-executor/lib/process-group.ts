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

/** Milliseconds between two checks of a group that is ending. */
const POLL = 30;
/** Milliseconds to wait after KILL: a process that still exists is waiting for a disk, and no signal reaches it. */
const AFTER_KILL = 1_000;

/**
 * A command and everything that it starts, in one process group that is ended as a whole. A process that leaves the
 * group (`setsid`) is not followed: that takes an engine with containers.
 */
export class ProcessGroup {
    readonly pid: number;
    /** Resolves when the command itself has ended. Processes that it started may still run. */
    readonly exited: Promise<Exit>;
    #ending: Promise<void> | undefined;
    readonly #hurry = new AbortController();

    private constructor(child: ChildProcess, pid: number) {
        this.pid = pid;
        this.exited = new Promise(resolve => {
            child.once('exit', (code, signal) => resolve({ code, signal }));
        });
    }

    /** Resolves once the command runs. Rejects with the system's error if it cannot run. */
    static async spawn(command: string, args: string[], options: SpawnOptions): Promise<ProcessGroup> {
        const child = spawn(command, args, { ...options, detached: true });
        // Without a pid there is no process, and an error event will follow.
        const group = child.pid === undefined ? undefined : new ProcessGroup(child, child.pid);

        await once(child, 'spawn');

        return group as ProcessGroup;
    }

    /**
     * See {@link endGroup}. Runs only once, since the number of an ended group may be reused. Any of the given signals
     * cuts the grace period short.
     */
    end(gracePeriod: number, hurry?: AbortSignal): Promise<void> {
        hurry?.addEventListener('abort', () => this.#hurry.abort(), { once: true });
        if (hurry?.aborted) this.#hurry.abort();

        return (this.#ending ??= endGroup(this.pid, gracePeriod, this.#hurry.signal));
    }
}

/**
 * Sends TERM at once, and KILL after the grace period or when the signal aborts. Resolves when nothing of the group
 * runs.
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
    // The system counts zombies as well, so this looks closer if the group exists.
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
