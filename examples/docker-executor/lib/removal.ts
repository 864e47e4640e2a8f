import { setTimeout as wait } from 'node:timers/promises';
import { inspect, unlessGone } from './answers';
import { timeoutError } from './errors';
import type Docker = require('dockerode');

/** Milliseconds between looks at a container that somebody else removes. */
const LOOK_EVERY = 100;

/** Takes containers and volumes off the engine. What is not there is no error, whoever took it away. */
export class Removal {
    #docker;
    #timeout;

    /** @param timeout milliseconds for somebody else's removal, 0 for no end */
    constructor(docker: Docker, timeout: number) {
        this.#docker = docker;
        this.#timeout = timeout;
    }

    /** @param containers their ids: under a name there may be another one by then */
    async ofContainers(containers: string[]) {
        for (const container of containers) {
            await unlessGone(this.#docker.getContainer(container).remove({ force: true, v: true }), () =>
                this.byAnother(container)
            );
        }
    }

    /** A volume that somebody uses stays. */
    async ofVolume(volume: string) {
        await unlessGone(this.#docker.getVolume(volume).remove(), () => Promise.resolve());
    }

    /**
     * Resolves once somebody else's removal of the container is done.
     *
     * @param container id
     */
    async byAnother(container: string) {
        const end = Date.now() + (this.#timeout || Infinity);

        while (await inspect(this.#docker, container)) {
            if (Date.now() > end) throw timeoutError(`the removal of ${container} did not end`);
            await wait(LOOK_EVERY);
        }
    }
}
