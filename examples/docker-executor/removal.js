'use strict';

const { setTimeout: wait } = require('node:timers/promises');
const { inspect, unlessGone } = require('./answers');
const { timeoutError } = require('./errors');

/** Milliseconds between looks at a container that somebody else removes. */
const LOOK_EVERY = 100;

/** Takes containers and volumes off the engine. What is not there is no error, whoever took it away. */
class Removal {
    #docker;
    #timeout;

    /**
     * @param {import('dockerode')} docker
     * @param {number} timeout milliseconds for somebody else's removal, 0 for no end
     */
    constructor(docker, timeout) {
        this.#docker = docker;
        this.#timeout = timeout;
    }

    /** @param {string[]} containers their ids: under a name there may be another one by then */
    async ofContainers(containers) {
        for (const container of containers) {
            await unlessGone(this.#docker.getContainer(container).remove({ force: true, v: true }), () =>
                this.byAnother(container)
            );
        }
    }

    /**
     * @param {string} volume
     * @param {() => Promise<unknown>} [whileInUse] what to do about a volume that somebody uses; it stays without
     */
    async ofVolume(volume, whileInUse = () => Promise.resolve()) {
        await unlessGone(this.#docker.getVolume(volume).remove(), whileInUse);
    }

    /**
     * Resolves once somebody else's removal of the container is done.
     *
     * @param {string} container id
     */
    async byAnother(container) {
        const end = Date.now() + (this.#timeout || Infinity);

        while (await inspect(this.#docker, container)) {
            if (Date.now() > end) throw timeoutError(`the removal of ${container} did not end`);
            await wait(LOOK_EVERY);
        }
    }
}

module.exports = { Removal };
