import type { Task } from '@aws-sdk/client-ecs';
import type { ExecutorError } from 'screwdriver-executor-base';

/** Somebody who waits for a task. */
interface Waiter {
    arn: string;
    since: number;
    isIt: (task: Task) => boolean;
    resolve: (task: Task | undefined) => void;
    reject: (error: unknown) => void;
}

/** DescribeTasks takes no more. */
const MOST_ARNS = 100;

/** Looks at all tasks that somebody waits for, by one request for a hundred of them. */
export class Poller {
    #describe;
    #every;
    #settle;
    #waiters = new Set<Waiter>();
    #timer: NodeJS.Timeout | undefined;
    #look = new AbortController();

    /**
     * @param every milliseconds between two looks
     * @param settle milliseconds for which ECS may not know a task that it has taken
     */
    constructor(describe: (arns: string[], signal: AbortSignal) => Promise<Task[]>, every: number, settle: number) {
        this.#describe = describe;
        this.#every = every;
        this.#settle = settle;
    }

    /** A task that is as somebody waits for it; undefined where ECS has forgotten it. Rejects with the signal's reason. */
    async until(arn: string, isIt: (task: Task) => boolean, signal: AbortSignal): Promise<Task | undefined> {
        signal.throwIfAborted();
        let giveUp!: () => void;
        let waiter!: Waiter;

        try {
            return await new Promise<Task | undefined>((resolve, reject) => {
                giveUp = () => reject(signal.reason);
                waiter = { arn, since: performance.now(), isIt, resolve, reject };
                signal.addEventListener('abort', giveUp, { once: true });
                this.#waiters.add(waiter);
                this.#begin();
            });
        } finally {
            signal.removeEventListener('abort', giveUp);
            this.#waiters.delete(waiter);
            if (this.#waiters.size === 0) {
                clearTimeout(this.#timer);
                this.#timer = undefined;
                this.#look.abort();
            }
        }
    }

    #begin() {
        this.#timer ??= setTimeout(() => void this.#lookAtAll(), this.#every);
    }

    async #lookAtAll() {
        const waiters = [...this.#waiters];
        const arns = [...new Set(waiters.map(({ arn }) => arn))];
        const look = (this.#look = new AbortController());

        for (let from = 0; from < arns.length; from += MOST_ARNS) {
            const some = arns.slice(from, from + MOST_ARNS);
            const those = waiters.filter(({ arn }) => some.includes(arn));

            try {
                const tasks = await this.#describe(some, look.signal);

                for (const waiter of those)
                    this.#tell(
                        waiter,
                        tasks.find(({ taskArn }) => taskArn === waiter.arn)
                    );
            } catch (error) {
                // One that may pass is met again by the next look.
                if (!(error as ExecutorError).retryable) for (const { reject } of those) reject(error);
            }
        }
        // Nobody waits any more, or somebody who has begun anew.
        if (look.signal.aborted) return;
        this.#timer = undefined;
        if (this.#waiters.size > 0) this.#begin();
    }

    #tell({ since, isIt, resolve }: Waiter, task: Task | undefined) {
        if (task ? isIt(task) : performance.now() - since > this.#settle) resolve(task);
    }
}
