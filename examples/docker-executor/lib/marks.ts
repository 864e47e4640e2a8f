import { buildIdFrom } from 'screwdriver-executor-base';
import { unlessGone } from './answers';
import { names } from './containers';
import type Docker = require('dockerode');
import type { Settings } from './settings';

/** The label of a mark: its value is the build's id. */
const LABEL = 'screwdriver.ending';

/**
 * Marks the builds that are being ended, for every executor on the engine. A container's labels cannot be changed after
 * its creation, so the mark is an empty volume.
 */
export class Marks {
    #docker;
    #settings;

    constructor(docker: Docker, settings: Settings) {
        this.#docker = docker;
        this.#settings = settings;
    }

    async set(buildId: number | string) {
        const Labels = { [LABEL]: buildIdFrom({ buildId }) };

        await unlessGone(this.#docker.createVolume({ Name: this.#name(buildId), Labels }));
    }

    async has(buildId: number | string) {
        return Boolean(await unlessGone(this.#docker.getVolume(this.#name(buildId)).inspect()));
    }

    async take(buildId: number | string) {
        await unlessGone(this.#docker.getVolume(this.#name(buildId)).remove());
    }

    /** The ids of all marked builds. */
    async all() {
        const { Volumes } = await this.#docker.listVolumes({ filters: { label: [LABEL] } });

        return (Volumes ?? []).flatMap(({ Name, Labels }) => {
            const buildId = Labels?.[LABEL] ?? '';

            // Other executors have other prefixes.
            return Number(buildId) > 0 && Name === this.#name(buildId) ? [buildId] : [];
        });
    }

    #name(buildId: number | string) {
        return names(this.#settings, buildId).ending;
    }
}
