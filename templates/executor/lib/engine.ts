/** One build on the engine. */
export interface Task {
    image: string;
    command: string;
    args: string[];
    env: Record<string, string>;
}

/**
 * What the executor needs of {{name}}.
 *
 * This one keeps the tasks in memory and runs nothing, so that the package works from its first minute. Replace the
 * three bodies with calls to your engine.
 */
export class Engine {
    readonly #tasks = new Map<string, Task>();

    /** Creates the task, unless the signal was aborted. Where one of the name is there already, that one stays. */
    async run(name: string, task: Task, signal: AbortSignal): Promise<void> {
        signal.throwIfAborted();
        if (!this.#tasks.has(name)) this.#tasks.set(name, task);
    }

    /** Ends the task and removes what is left of it. A task that is not there is fine. */
    async remove(name: string): Promise<void> {
        this.#tasks.delete(name);
    }

    /** The task, if it is on the engine. */
    async find(name: string): Promise<Task | undefined> {
        return this.#tasks.get(name);
    }
}
