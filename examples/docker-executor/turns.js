'use strict';

const { cancelledError } = require('./errors');

/** @typedef {{ what: string, isWaiting: boolean, controller: AbortController, done: Promise<unknown> }} Turn */

/** Work on the same build, one after the other, whatever the order in which starts and stops come in. */
class Turns {
    /** @type {Map<string, Turn>} */
    #builds = new Map();

    /**
     * Does the work once all that was asked for earlier on this build has settled, and what it has left to go on has, too.
     *
     * @template Result
     * @param {string} build
     * @param {string} what
     * @param {(signal: AbortSignal, waitUntil: (end: Promise<unknown>) => void) => Promise<Result>} work
     * @param {AbortSignal} [signal] of a start: once it is aborted, or told to give up, it waits no longer for its turn
     * @returns {Promise<Result>}
     */
    next(build, what, work, signal) {
        const before = this.#builds.get(build);
        const controller = before && !before.controller.signal.aborted ? before.controller : new AbortController();
        const turn = /** @type {Turn} */ ({ what, controller, isWaiting: true });
        /** @type {Promise<unknown>[]} */
        const ends = [];
        const gate = signal ? settledOr(before?.done, AbortSignal.any([controller.signal, signal])) : before?.done;
        const result = Promise.resolve(gate).then(() => {
            turn.isWaiting = false;

            return work(controller.signal, end => ends.push(end));
        });

        turn.done = Promise.allSettled([before?.done, result]).then(() => Promise.allSettled(ends));
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

/**
 * @param {Promise<unknown> | undefined} done
 * @param {AbortSignal} signal
 */
function settledOr(done, signal) {
    return new Promise(resolve => {
        signal.addEventListener('abort', resolve, { once: true });
        void Promise.resolve(done).then(resolve);
    });
}

module.exports = { Turns };
