'use strict';

const { buildIdFrom } = require('screwdriver-executor-base');
const { unlessGone } = require('./answers');
const { names } = require('./containers');

/** The label of a mark: its value is the build's id. */
const LABEL = 'screwdriver.ending';

/**
 * Which builds are being ended, for every executor on the engine to see. A container's labels cannot be changed once it is
 * there, so the mark is a volume with nothing in it.
 */
class Marks {
    #docker;
    #settings;

    /**
     * @param {import('dockerode')} docker
     * @param {import('./settings').Settings} settings
     */
    constructor(docker, settings) {
        this.#docker = docker;
        this.#settings = settings;
    }

    /** @param {number | string} buildId */
    async set(buildId) {
        const Labels = { [LABEL]: buildIdFrom({ buildId }) };

        await unlessGone(this.#docker.createVolume({ Name: this.#name(buildId), Labels }));
    }

    /** @param {number | string} buildId */
    async has(buildId) {
        return Boolean(await unlessGone(this.#docker.getVolume(this.#name(buildId)).inspect()));
    }

    /** @param {number | string} buildId */
    async take(buildId) {
        await unlessGone(this.#docker.getVolume(this.#name(buildId)).remove());
    }

    /** The ids of all builds that are marked. */
    async all() {
        const { Volumes } = await this.#docker.listVolumes({ filters: { label: [LABEL] } });

        return (Volumes ?? []).flatMap(({ Name, Labels }) => {
            const buildId = Labels?.[LABEL] ?? '';

            // Others have other prefixes.
            return Number(buildId) > 0 && Name === this.#name(buildId) ? [buildId] : [];
        });
    }

    /** @param {number | string} buildId */
    #name(buildId) {
        return names(this.#settings, buildId).ending;
    }
}

module.exports = { Marks };
