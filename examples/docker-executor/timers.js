'use strict';

const { buildIdFrom } = require('screwdriver-executor-base');

/** The most milliseconds that a timer of Node takes: it fires at once for more. */
const LONGEST = 2 ** 31 - 1;

/** One clock for each build. */
class Timers {
    /** @type {Map<string, NodeJS.Timeout>} */
    #running = new Map();

    /**
     * In place of the clock that the build had.
     *
     * @param {number | string} buildId
     * @param {number} milliseconds
     * @param {() => void} work
     */
    start(buildId, milliseconds, work) {
        const id = buildIdFrom({ buildId });
        const end = Date.now() + milliseconds;
        const wait = () => {
            const left = end - Date.now();

            this.#running.set(id, setTimeout(left > LONGEST ? wait : work, Math.min(left, LONGEST)));
        };

        this.stop(buildId);
        wait();
    }

    /** @param {number | string} buildId */
    stop(buildId) {
        const id = buildIdFrom({ buildId });

        clearTimeout(this.#running.get(id));
        this.#running.delete(id);
    }

    stopAll() {
        for (const buildId of this.#running.keys()) this.stop(buildId);
    }
}

module.exports = { Timers };
