import { create } from './answers';
import { cachesOf, isOnDisk } from './cache';
import { madeBy, names, START } from './containers';
import { within, type Engine } from './engine';
import { Removal } from './removal';
import type { BuildId, StartConfig } from 'screwdriver-executor-base';
import type { Settings } from './settings';

/** The label with the name of the build's container. */
const LABEL = 'screwdriver.caches';
/** The volumes of the job tools' image, which the engine would fill for each container. */
const VOLUMES = ['/opt/sd', '/hab'];

/**
 * The containers that let every user write to the caches of a build: builds have many users, and the engine creates the
 * folders as root. Each start has its own, with a name and labels that nobody mistakes for those of a build.
 */
export class Openers {
    #engine;
    #docker;
    #settings;
    #removal;

    /** @param signal ends all requests to the engine */
    constructor(engine: Engine, settings: Settings, signal?: AbortSignal) {
        this.#engine = engine;
        this.#docker = engine.client(signal);
        this.#settings = settings;
        this.#removal = new Removal(this.#docker, engine.timeout);
    }

    /**
     * Resolves once the build can write to its caches, with nothing left on the engine. It goes on if `chmod` fails, for
     * example on a file that another build removes meanwhile: a build works without its caches.
     *
     * @param signal ends the wait
     */
    async open(config: StartConfig, start: string, signal: AbortSignal) {
        const { jobToolsImage, log } = this.#settings;
        const { binds, writable } = cachesOf(config, this.#settings);

        if (writable.length === 0) return;
        const { build } = names(this.#settings, config.buildId);
        const abortSignal = within(this.#engine.patience);
        const id = await create(
            this.#docker,
            {
                name: `${build}-caches-${start}`,
                Image: jobToolsImage,
                Entrypoint: ['chmod', '-R', '777'],
                Cmd: writable,
                User: '0',
                Labels: { [START]: start, [LABEL]: build },
                HostConfig: {
                    NetworkMode: 'none',
                    Binds: binds,
                    Mounts: VOLUMES.map(Target => ({ Type: 'tmpfs', Source: '', Target }))
                }
            },
            abortSignal
        );

        await this.#docker.getContainer(id).start({ abortSignal });
        const waiting = this.#engine.client(signal).getContainer(id).wait({ abortSignal });
        const { StatusCode } = (await waiting) as { StatusCode: number };

        if (StatusCode !== 0) log(`the caches of ${build}: chmod ended with exit code ${StatusCode}`);
        await this.#removal.ofContainers([id]);
    }

    /** Removes the containers of starts that died. */
    ofBuild(buildId: BuildId) {
        return this.#remove({ filters: { label: [`${LABEL}=${names(this.#settings, buildId).build}`] } });
    }

    /** Removes the container of a start. */
    ofStart(start: string) {
        return this.#remove(madeBy(start));
    }

    /** Does not ask the engine if builds have no caches there. */
    async #remove({ filters }: ReturnType<typeof madeBy>) {
        if (!isOnDisk(this.#settings)) return;
        const label = [LABEL, ...filters.label];
        const found = await this.#docker.listContainers({ all: true, filters: { label } });

        await this.#removal.ofContainers(found.map(({ Id }) => Id));
    }
}
