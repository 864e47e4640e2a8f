'use strict';

const { ExecutorError } = require('screwdriver-executor-base');

/** Work on the same build, one after the other, whatever the order in which starts and stops come in. */
class Turns {
    /** @type {Map<string, { what: string, controller: AbortController, done: Promise<unknown> }>} */
    #builds = new Map();

    /**
     * Does the work once all that was asked for earlier on this build has settled.
     *
     * @template Result
     * @param {string} build
     * @param {string} what
     * @param {(signal: AbortSignal) => Promise<Result>} work
     * @returns {Promise<Result>}
     */
    next(build, what, work) {
        const before = this.#builds.get(build);
        const controller = before && !before.controller.signal.aborted ? before.controller : new AbortController();
        const result = Promise.resolve(before?.done).then(() => work(controller.signal));
        const done = result.then(
            () => {},
            () => {}
        );
        const entry = { what, controller, done };

        this.#builds.set(build, entry);
        void done.then(() => {
            if (this.#builds.get(build) === entry) this.#builds.delete(build);
        });

        return result;
    }

    /**
     * The last that was asked for on this build, until it has settled.
     *
     * @param {string} build
     */
    last(build) {
        return this.#builds.get(build)?.what;
    }

    /**
     * Tells what is under way or waiting for its turn on this build to give up.
     *
     * @param {string} build
     */
    abort(build) {
        this.#builds.get(build)?.controller.abort(
            new ExecutorError(`The start of build ${build} was cancelled`, {
                code: 'DOCKER_START_CANCELLED',
                kind: 'cancelled',
                userMessage: 'The build was stopped before it had started.'
            })
        );
    }
}

module.exports = { Turns };
