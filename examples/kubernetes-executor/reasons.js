'use strict';

const { buildIdFrom } = require('screwdriver-executor-base');

/** The most that are kept: nobody may ever stop their builds. */
const MOST = 1000;

/** Why builds did not start, until they are stopped. */
class Reasons {
    /** @type {Map<string, string>} */
    #byBuild = new Map();

    /** @param {number | string} buildId */
    get(buildId) {
        return this.#byBuild.get(buildIdFrom({ buildId }));
    }

    /**
     * @param {number | string} buildId
     * @param {string} [reason] in words for the build's owner
     */
    add(buildId, reason = 'The build could not be started.') {
        this.#byBuild.set(buildIdFrom({ buildId }), reason);
        const [oldest] = this.#byBuild.keys();

        if (this.#byBuild.size > MOST && oldest !== undefined) this.#byBuild.delete(oldest);
    }

    /** @param {number | string} buildId */
    delete(buildId) {
        this.#byBuild.delete(buildIdFrom({ buildId }));
    }
}

module.exports = { Reasons };
