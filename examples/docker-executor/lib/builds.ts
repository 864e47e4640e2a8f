import { setTimeout as wait } from 'node:timers/promises';
import { create, inspect, unlessGone } from './answers';
import { buildContainer, claimOf, madeBy, names, startIn } from './containers';
import { within, type Engine } from './engine';
import { isNameTaken, statusOf, timeoutError } from './errors';
import { hasEnded, type Found } from './explain';
import { lastWordIn } from './last-word';
import { Marks } from './marks';
import { Openers } from './openers';
import { Removal } from './removal';
import type { StartConfig, BuildId, Launch } from 'screwdriver-executor-base';
import type { Settings } from './settings';
import type { Tools } from './job-tools';

/** The number of last lines that include a meaningful one. */
const LAST_LINES = 5;
/** Milliseconds between looks at a container whose name is taken, but that does not exist yet or any more. */
const LOOK_EVERY = 100;

/**
 * What the engine has of each build: its container, and the mark that it is being started. Each operation has its own
 * instance.
 */
export class Builds {
    #engine;
    #docker;
    #settings;
    #signal;
    #marks;
    #openers;
    #removal;

    /** @param signal ends all requests to the engine */
    constructor(engine: Engine, settings: Settings, signal?: AbortSignal) {
        this.#engine = engine;
        this.#docker = engine.client(signal);
        this.#settings = settings;
        this.#signal = signal;
        this.#marks = new Marks(this.#docker, settings);
        this.#openers = new Openers(engine, settings, signal);
        this.#removal = new Removal(this.#docker, engine.timeout);
    }

    /**
     * Marks the build on the engine as being started, unless another start has done so. Resolves with the start that has:
     * as long as it stays the same, nobody has stopped the build.
     */
    async claim(config: StartConfig, start: string) {
        await this.#docker.createVolume(claimOf(this.#settings, config, start));

        return this.#claimant(config.buildId);
    }

    /** @param claim what `claim` has resolved with */
    async isClaimed(buildId: BuildId, claim: string | undefined) {
        return claim !== undefined && (await this.#claimant(buildId)) === claim;
    }

    async #claimant(buildId: BuildId) {
        const volume = await unlessGone(this.#docker.getVolume(names(this.#settings, buildId).starting).inspect());

        return volume && startIn(volume);
    }

    /**
     * Creates the build's container without starting it, unless another start has created it: the name decides between
     * starts of the same build.
     *
     * @param signal ends the wait for another start
     */
    async add(config: StartConfig, start: string, launch: Launch, tools: Tools, signal: AbortSignal) {
        const node = await this.#engine.node(this.#signal);
        const { name = '', ...container } = buildContainer(config, start, launch, tools, node, this.#settings);
        const end = within(this.#engine.patience);

        for (;;) {
            try {
                return await create(this.#docker, { name, ...container }, end);
            } catch (error) {
                if (!isNameTaken(error)) throw error;
            }
            const found = await inspect(this.#docker, name);

            if (found && found.State?.Status !== 'removing') return found.Id;
            // The engine takes the name before it shows the container, and frees it after the container is gone.
            if (end.aborted) throw timeoutError(`the engine reports ${name} both as existing and as missing`);
            signal.throwIfAborted();
            await wait(LOOK_EVERY);
        }
    }

    /** What the engine knows about the build's container. */
    look(buildId: BuildId) {
        return inspect(this.#docker, names(this.#settings, buildId).build);
    }

    /** @param container id */
    async run(container: string) {
        try {
            await this.#docker.getContainer(container).start({ abortSignal: within(this.#engine.patience) });
        } catch (error) {
            // 304: another start was first.
            if (statusOf(error) !== 304) throw error;
        }
    }

    /** The build's container, with the last line that it printed if it has ended. */
    async find(buildId: BuildId): Promise<Found | undefined> {
        const info = await this.look(buildId);

        if (!info) return undefined;
        const isEnding = await this.#marks.has(buildId);

        if (!hasEnded({ info })) return { info, isEnding };
        const frames = await this.#docker
            .getContainer(info.Id)
            .logs({ stdout: true, stderr: true, follow: false, tail: LAST_LINES })
            // Some log drivers cannot be read.
            .catch(() => undefined);
        const lastLine = frames && lastWordIn(frames);

        return { info, isEnding, ...(lastLine && { lastLine }) };
    }

    /** Removes everything of the build from the engine. If something is missing, that is not an error. */
    async remove(buildId: BuildId) {
        const found = await this.look(buildId);

        if (found) await this.#removal.ofContainers([found.Id]);
        await this.#removal.ofVolume(names(this.#settings, buildId).starting);
        await this.#openers.ofBuild(buildId);
        await this.#marks.take(buildId);
    }

    /** Removes what one start has created, and nothing of another start. The engine keeps what runs. */
    async removeWhatMade(start: string) {
        await this.#openers.ofStart(start);
        await this.removeContainersOf(start);
        const { Volumes } = await this.#docker.listVolumes(madeBy(start));

        for (const { Name } of Volumes ?? []) await this.#removal.ofVolume(Name);
    }

    /** Removes the containers that one start has created. The mark stays, so the start goes on. */
    async removeContainersOf(start: string) {
        const containers = await this.#docker.listContainers({ all: true, ...madeBy(start) });

        for (const { Id } of containers) await unlessGone(this.#docker.getContainer(Id).remove({ v: true }));
    }
}
