'use strict';

const { cancelledError } = require('./errors');

/** @typedef {{ what: string, isWaiting: boolean, controller: AbortController, done: Promise<unknown> }} Turn */

/** Work on the same build, one after the other, whatever the order in which starts and stops come in. */
class Turns {
    /** @type {Map<string, Turn>} */
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
        const turn = /** @type {Turn} */ ({ what, controller, isWaiting: true });
        const result = Promise.resolve(before?.done).then(() => {
            turn.isWaiting = false;

            return work(controller.signal);
        });

        turn.done = result.then(
            () => {},
            () => {}
        );
        this.#builds.set(build, turn);
        void turn.done.then(() => {
            if (this.#builds.get(build) === turn) this.#builds.delete(build);
        });

        return result;
    }

    /**
     * The last that was asked for on this build, until it has settled.
     *
     * @param {string} build
     */
    last(build) {
        return this.#builds.get(build);
    }

    /**
     * Tells what is under way or waiting for its turn on this build to give up.
     *
     * @param {string} build
     */
    abort(build) {
        this.#builds.get(build)?.controller.abort(cancelledError(build));
    }
}

module.exports = { Turns };
