import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { isRetryable } from 'screwdriver-executor-base';
import { unlessAborted } from './aborted';
import type { Task } from '@aws-sdk/client-ecs';
import type { Settings } from './settings';

/** One request for all tasks that somebody waits for. */
interface Look {
    arns: Set<string>;
    tasks: Promise<Task[]>;
}

/** The most that DescribeTasks accepts. */
const MOST_ARNS = 100;

/** Looks at all tasks that somebody waits for, with one request for up to a hundred of them. */
export class Poller {
    #describe;
    #settings;
    #next: Look | undefined;
    #closing = new AbortController();

    constructor(
        describe: (arns: string[], signal: AbortSignal) => Promise<Task[]>,
        settings: Pick<Settings, 'pollEvery' | 'settleSeconds'>
    ) {
        this.#describe = describe;
        this.#settings = settings;
        // Each look listens to it.
        setMaxListeners(0, this.#closing.signal);
    }

    /**
     * The task once it meets the condition; undefined if ECS has not known it for `settleSeconds`. Rejects with the signal's
     * reason.
     */
    async until(arn: string, isMet: (task: Task) => boolean, signal: AbortSignal): Promise<Task | undefined> {
        let seenAt = performance.now();

        for (;;) {
            try {
                const tasks = await unlessAborted(this.#lookAt(arn), signal);
                const task = tasks.find(({ taskArn }) => taskArn === arn);

                if (task ? isMet(task) : performance.now() - seenAt > this.#settings.settleSeconds * 1000) return task;
                if (task) seenAt = performance.now();
            } catch (error) {
                // The next look may succeed.
                if (signal.aborted || !isRetryable(error)) throw error;
            }
        }
    }

    /** Ends the look that nobody waits for any more. */
    close() {
        this.#closing.abort();
    }

    #lookAt(arn: string) {
        if (!this.#next || this.#next.arns.size === MOST_ARNS) this.#next = this.#plan();
        this.#next.arns.add(arn);

        return this.#next.tasks;
    }

    #plan(): Look {
        const { signal } = this.#closing;
        const look: Look = {
            arns: new Set(),
            tasks: wait(this.#settings.pollEvery, undefined, { signal }).then(() => {
                if (this.#next === look) this.#next = undefined;

                return this.#describe([...look.arns], signal);
            })
        };

        return look;
    }
}
