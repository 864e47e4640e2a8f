import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { create, inspect, unlessGone } from './answers';
import { within, type Engine } from './engine';
import { engineError, isNameTaken, statusOf, timeoutError } from './errors';
import { isAbout } from './explain';
import { withTag } from './image-name';
import { Removal } from './removal';
import type Docker = require('dockerode');
import type { Settings } from './settings';

/** Where Habitat is, in the image of the job tools and in the build's container. */
const HABITAT = '/hab';
/** The label of everything that holds job tools. */
const LABEL = 'screwdriver.tools';
/** Milliseconds between looks at job tools that another start is filling. */
const LOOK_EVERY = 500;
/** Milliseconds within which a filled container gets its name, unless the process that filled it has died. */
const NAMED_WITHIN = 5_000;

/** Where a build gets its job tools from. */
export interface Tools {
    /** The id of the container that keeps them. */
    keeper: string;
    mounts: Docker.MountSettings[];
}

/**
 * The job tools, once per image on an engine, in a volume that all builds read and no build owns. A container, the
 * keeper, keeps the volume. It is created under another name and gets its own when the engine has filled the volume. So
 * an existing keeper is complete, whatever process has died meanwhile.
 */
export class JobTools {
    #engine;
    #docker;
    #settings;
    #removal;
    /** A container that another start has created and has not given its name yet. */
    #seen: { id: string; at: number } | undefined;

    constructor(engine: Engine, settings: Settings, signal: AbortSignal) {
        this.#engine = engine;
        this.#docker = engine.client(signal);
        this.#settings = settings;
        this.#removal = new Removal(this.#docker, engine.timeout);
    }

    /**
     * Resolves with the tools of the image on the engine. They exist already, or this start or another one creates them.
     *
     * @param signal ends the wait for others
     */
    async provide(signal: AbortSignal): Promise<Tools> {
        const { jobToolsImage } = this.#settings;
        const image = await this.#docker.getImage(withTag(jobToolsImage) ?? jobToolsImage).inspect();
        const name = this.#nameFor(image);
        // On Podman another start counts as dead after half of this time.
        const end = within(2 * this.#engine.patience);

        for (;;) {
            const keeper = await inspect(this.#docker, name);

            if (keeper && keeper.State?.Status !== 'removing') return { keeper: keeper.Id, mounts: this.#mounts(name) };
            if (end.aborted) throw timeoutError(`the engine reports ${name} both as existing and as missing`);
            signal.throwIfAborted();
            await this.#fill(name, image);
        }
    }

    /** Whether the keeper still exists. A volume that is mounted after its removal may be empty. */
    async areThere({ keeper }: Tools) {
        return Boolean(await inspect(this.#docker, keeper));
    }

    #nameFor({ Id }: Docker.ImageInspectInfo) {
        const { mountPoint, habitat, prefix } = this.#settings;
        const hash = createHash('sha256').update(`${Id} ${mountPoint} ${habitat}`).digest('hex');

        return `${prefix}tools-${hash.slice(0, 12)}`;
    }

    /** The folders in a build's container, and the volumes that hold them. */
    #folders(name: string): [string, string][] {
        const { mountPoint, habitat } = this.#settings;

        return [[mountPoint, name], ...(habitat ? ([[HABITAT, `${name}-hab`]] as [string, string][]) : [])];
    }

    #mounts(name: string): Docker.MountSettings[] {
        return this.#folders(name).map(([Target, Source]) => ({
            Type: 'volume',
            Source,
            Target,
            ReadOnly: true,
            VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: 'local', Options: {} } }
        }));
    }

    /** Creates the keeper, or waits for another start that is creating it. */
    async #fill(name: string, image: Docker.ImageInspectInfo) {
        const filling = `${name}-filling`;

        // An engine does not fill a volume that has content, such as one left by an engine that died while it filled it.
        // The engine keeps the volumes that builds use, and those that it is filling.
        for (const [, volume] of this.#folders(name)) await this.#removal.ofVolume(volume);
        let filled: string | undefined;

        try {
            filled = await this.#make(filling, name, image);
            await unlessGone(this.#docker.getContainer(filled).rename({ name }));
        } catch (error) {
            if (!isNameTaken(error)) throw error;
            // Another start took the name first, so the keeper exists.
            if (filled) await this.#removal.ofContainers([filled]);
            else await this.#waitFor(filling);
        }
        await this.#removeOthers(name).catch(error => this.#settings.log(`old job tools: ${String(error)}`));
    }

    /** Docker fills the volumes before it answers, Podman when it starts the container. */
    async #make(filling: string, name: string, image: Docker.ImageInspectInfo) {
        const folders = this.#folders(name);
        const Labels = { [LABEL]: image.Id };
        const VolumeOptions = { NoCopy: false, Labels, DriverConfig: { Name: 'local', Options: {} } };
        const others = Object.keys(image.Config.Volumes ?? {}).filter(path =>
            folders.every(([Target]) => Target !== path)
        );
        const id = await create(
            this.#docker,
            {
                name: filling,
                // By id, since its tag may have moved.
                Image: image.Id,
                Entrypoint: ['true'],
                Cmd: [],
                Labels,
                HostConfig: {
                    NetworkMode: 'none',
                    Mounts: [
                        ...folders.map(([Target, Source]) => ({
                            Type: 'volume' as const,
                            Source,
                            Target,
                            VolumeOptions
                        })),
                        // The engine would fill a volume for each of them, too.
                        ...others.map(Target => ({ Type: 'tmpfs' as const, Source: '', Target }))
                    ]
                }
            },
            within(this.#engine.patience)
        );

        if (await this.#engine.isPodman()) await this.#startOnPodman(id);

        return id;
    }

    /** Podman fills the volumes before it looks for the program. */
    async #startOnPodman(id: string) {
        try {
            await this.#docker.getContainer(id).start({ abortSignal: within(this.#engine.patience) });
        } catch (error) {
            if (statusOf(error) !== 304 && !isAbout('true', engineError(error).message)) throw error;
        }
    }

    /** Waits a little for another start. Removes its container if it died before it gave that its name. */
    async #waitFor(filling: string) {
        await wait(LOOK_EVERY);
        const left = await inspect(this.#docker, filling);

        if (!left) return;
        if (this.#seen?.id !== left.Id) this.#seen = { id: left.Id, at: performance.now() };
        // Podman shows the container while it is being filled.
        const limit = (await this.#engine.isPodman()) ? this.#engine.patience : NAMED_WITHIN;

        if (performance.now() - this.#seen.at > limit) await this.#removal.ofContainers([left.Id]);
    }

    /** Removes the tools of other images that no build uses any more. */
    async #removeOthers(name: string) {
        const start = `${this.#settings.prefix}tools-`;
        const { Volumes } = await this.#docker.listVolumes({ filters: { name: [start] } });

        for (const { Name } of Volumes ?? []) {
            const keeper = Name.replace(/-hab$/, '');

            if (!Name.startsWith(start) || keeper === name) continue;
            const users = await this.#docker.listContainers({ all: true, filters: { volume: [Name] } });

            if (users.some(({ Names }) => !Names.includes(`/${keeper}`))) continue;
            await this.#removal.ofContainers(users.map(({ Id }) => Id));
            await this.#removal.ofVolume(Name);
        }
    }
}
