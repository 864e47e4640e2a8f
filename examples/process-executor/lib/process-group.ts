import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasRunningMember } from './group-members';
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

    /** TERM, then KILL for what is still there after the grace period. Resolves when nothing of the group runs. */
    end(gracePeriod: number): Promise<void> {
        // Once only: after a group has gone, its number may belong to others.
        return (this.#ending ??= this.#end(gracePeriod));
    }

    async #end(gracePeriod: number): Promise<void> {
        this.#signal('SIGTERM');
        if (await this.#isGoneWithin(gracePeriod)) return;
        this.#signal('SIGKILL');
        await this.#isGoneWithin(AFTER_KILL);
    }

    async #isGoneWithin(milliseconds: number): Promise<boolean> {
        const end = performance.now() + milliseconds;

        while (await hasRunningMember(this.pid)) {
            if (performance.now() >= end) return false;
            await sleep(POLL);
        }

        return true;
    }

    #signal(signal: NodeJS.Signals): void {
        try {
            process.kill(-this.pid, signal);
        } catch {
            // No process is left in the group.
        }
    }
}
