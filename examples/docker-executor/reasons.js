'use strict';

const { buildIdFrom } = require('screwdriver-executor-base');
const { startOf } = require('./containers');

/** The most reasons that are kept, for builds which nobody stops. */
const MOST_REASONS = 1000;

/** Why builds did not start or were ended, where the engine does not know it. */
class Reasons {
    /** @type {Map<string, { start: string | undefined, text: string }>} */
    #known = new Map();

    /**
     * @param {number | string} buildId
     * @param {string | undefined} start whose reason it is
     * @param {string} [text]
     */
    remember(buildId, start, text = 'The build could not be started.') {
        this.#known.set(buildIdFrom({ buildId }), { start, text });
        const [oldest] = this.#known.keys();

        if (this.#known.size > MOST_REASONS && oldest !== undefined) this.#known.delete(oldest);
    }

    /** @param {number | string} buildId */
    forget(buildId) {
        this.#known.delete(buildIdFrom({ buildId }));
    }

    /**
     * The reason, unless the engine knows better: a build that runs is well, and what another start has made, perhaps in
     * another process, has nothing to do with this one.
     *
     * @param {number | string} buildId
     * @param {import('./explain').Found | undefined} found
     */
    of(buildId, found) {
        const known = this.#known.get(buildIdFrom({ buildId }));
        const isOutdated = found && (found.info.State.Running || startOf(found.info) !== known?.start);

        return isOutdated ? undefined : known?.text;
    }
}

module.exports = { Reasons };
