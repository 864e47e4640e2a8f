/** Work that goes on after its call was answered, until it ends or a shutdown aborts it. */
export class Background {
    #work: Map<string, { done: Promise<void>; controller: AbortController }> = new Map();
    #log;

    /** @param log receives failures, since nobody waits for the work */
    constructor(log: (error: unknown) => void) {
        this.#log = log;
    }

    has(name: string) {
        return this.#work.has(name);
    }

    /**
     * Resolves once the work has ended, successfully or not.
     *
     * @param controller aborts the work
     */
    add(name: string, work: Promise<unknown>, controller: AbortController) {
        const { signal } = controller;
        const done = work
            .then(
                () => {},
                error => signal.aborted || this.#log(error)
            )
            .then(() => {
                if (this.#work.get(name)?.done === done) this.#work.delete(name);
            });

        this.#work.set(name, { done, controller });

        return done;
    }

    /** Aborts all work. Resolves once it has ended. */
    async giveUp() {
        const all = [...this.#work.values()];

        for (const { controller } of all) controller.abort();
        await Promise.all(all.map(({ done }) => done));
    }
}
