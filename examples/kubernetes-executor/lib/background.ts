/** Work that continues after its call was answered, until it is done or a shutdown gives it up. */
export class Background {
    #work: Map<string, { done: Promise<void>; controller: AbortController }> = new Map();
    #log;

    /** @param log gets the errors, since nobody awaits the work */
    constructor(log: (error: unknown) => void) {
        this.#log = log;
    }

    has(name: string) {
        return this.#work.has(name);
    }

    /**
     * Resolves once the work has settled.
     *
     * @param controller ends the work
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

    /** Resolves once all work was given up. */
    async giveUp() {
        const all = [...this.#work.values()];

        for (const { controller } of all) controller.abort();
        await Promise.all(all.map(({ done }) => done));
    }
}
