'use strict';

/** What goes on after its call was answered, until it is over or a shutdown gives it up. */
class Background {
    /** @type {Map<string, { done: Promise<void>, controller: AbortController }>} */
    #work = new Map();
    #log;

    /** @param {(error: unknown) => void} log gets what fails: nobody waits for it */
    constructor(log) {
        this.#log = log;
    }

    /** @param {string} name */
    has(name) {
        return this.#work.has(name);
    }

    /**
     * Resolves once the work is over, well or not.
     *
     * @param {string} name
     * @param {Promise<unknown>} work
     * @param {AbortController} controller ends it
     */
    add(name, work, controller) {
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

    /** Resolves once all of it was given up. */
    async giveUp() {
        const all = [...this.#work.values()];

        for (const { controller } of all) controller.abort();
        await Promise.all(all.map(({ done }) => done));
    }
}

module.exports = { Background };
