import { setTimeout as wait } from 'node:timers/promises';
import { inspect, unlessGone } from './answers';
import { timeoutError } from './errors';
import type Docker = require('dockerode');

/** Milliseconds between looks at a container that somebody else removes. */
const LOOK_EVERY = 100;

/** Removes containers and volumes from the engine. If one is missing, that is not an error. */
export class Removal {
    #docker;
    #timeout;

    /** @param timeout milliseconds for somebody else's removal, 0 for no limit */
    constructor(docker: Docker, timeout: number) {
        this.#docker = docker;
        this.#timeout = timeout;
    }

    /** @param containers their ids, since a name may belong to another container by then */
    async ofContainers(containers: string[]) {
        for (const container of containers) {
            await unlessGone(this.#docker.getContainer(container).remove({ force: true, v: true }), () =>
                this.byAnother(container)
            );
        }
    }

    /** Keeps a volume that is in use. */
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
