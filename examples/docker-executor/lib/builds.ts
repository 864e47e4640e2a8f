import { setTimeout as wait } from 'node:timers/promises';
import { inspect, unlessGone } from './answers';
import { buildContainer, jobToolsContainer, madeBy, names } from './containers';
import { within, type Engine } from './engine';
import { engineError, isNameTaken, timeoutError, statusOf } from './errors';
import { hasEnded, isAbout, type Found } from './explain';
import { Marks } from './marks';
import { Removal } from './removal';
import type Docker = require('dockerode');
import type { StartConfig, BuildId, Launch } from 'screwdriver-executor-base';
import type { Settings } from './settings';

/** Bytes before each piece of a container's output that say where it was printed. */
const FRAME_HEADER = 8;
/** Milliseconds between looks at a container whose name is taken, and that is not there yet or any more. */
const LOOK_EVERY = 100;

/**
 * What stands on the engine for each build: its two containers and the volume that they share. Each operation has one of
 * its own.
 */
export class Builds {
    #engine;
    #docker;
    #settings;
    #signal;
    #marks;
    #removal;

    /** @param signal ends all that is asked of the engine */
    constructor(engine: Engine, settings: Settings, signal?: AbortSignal) {
        this.#engine = engine;
        this.#docker = engine.client(signal);
        this.#settings = settings;
        this.#signal = signal;
        this.#marks = new Marks(this.#docker, settings);
        this.#removal = new Removal(this.#docker, engine.timeout);
    }

    /**
     * The id of the container that gives the job tools: made here, with the volume that it fills, or by another start.
     *
     * @param signal ends the wait for others; `add` has it, too
     */
    async addJobTools(config: StartConfig, start: string, signal: AbortSignal) {
        const { volume } = names(this.#settings, config.buildId);

        // Left by an engine that died while it filled it: it fills none that has something in it. The engine keeps it
        // where a container uses it.
        await this.#removal.ofVolume(volume);

        const tools = await this.#make(jobToolsContainer(config, start, this.#settings), signal);

        if (await this.#engine.isPodman(this.#signal)) await this.#fill(tools);

        return tools;
    }

    /**
     * Has Podman copy the job tools, which it does before it looks for the program that is to run.
     *
     * @param tools id
     */
    async #fill(tools: string) {
        await this.run(tools).catch(error => {
            if (!isAbout('true', engineError(error).message)) throw error;
        });
    }

    /** Makes the build's own container, which still has to be started, unless another start has made it. */
    async add(config: StartConfig, start: string, launch: Launch, signal: AbortSignal) {
        const node = await this.#engine.node(this.#signal);

        await this.#make(buildContainer(config, start, launch, node, this.#settings), signal);
    }

    /**
     * The id of the container with that name. Names decide between starts of the same build: whoever comes second goes on
     * with what the first one has made.
     */
    async #make({ name = '', ...body }: Docker.ContainerCreateOptions, signal: AbortSignal) {
        const end = within(this.#engine.patience);
        // dockerode would put all of the options into the address, where whoever logs that shows the token.
        const options = { _query: { name }, _body: body, abortSignal: end };

        for (;;) {
            try {
                return (await this.#docker.createContainer(options)).id;
            } catch (error) {
                if (!isNameTaken(error)) throw error;
            }
            const found = await inspect(this.#docker, name);

            if (found && found.State?.Status !== 'removing') return found.Id;
            // The engine takes the name before it shows the container, and frees it after that is gone.
            if (end.aborted) throw timeoutError(`${name} is neither there nor gone`);
            signal.throwIfAborted();
            await wait(LOOK_EVERY);
        }
    }

    /** What the engine knows of the build's container. */
    look(buildId: BuildId) {
        return inspect(this.#docker, names(this.#settings, buildId).build);
    }

    /** @param container id */
    async has(container: string) {
        return Boolean(await inspect(this.#docker, container));
    }

    /** @param container id */
    async run(container: string) {
        try {
            await this.#docker.getContainer(container).start({ abortSignal: within(this.#engine.patience) });
        } catch (error) {
            // 304: another start has come first.
            if (statusOf(error) !== 304) throw error;
        }
    }

    /** The build's container, with the last line that it printed where it has ended. */
    async find(buildId: BuildId): Promise<Found | undefined> {
        const info = await this.look(buildId);

        if (!info) return undefined;
        const isEnding = await this.#marks.has(buildId);

        if (!hasEnded({ info })) return { info, isEnding };
        const lastLine = await this.#docker
            .getContainer(info.Id)
            .logs({ stdout: true, stderr: true, follow: false, tail: 1 })
            // Some log drivers cannot be read.
            .catch(() => undefined);

        return { info, isEnding, ...(lastLine && { lastLine: lastLine.subarray(FRAME_HEADER).toString() }) };
    }

    /** Removes what stands there for the build. Nothing there is no error, whoever took it away. */
    async remove(buildId: BuildId) {
        const { volume } = names(this.#settings, buildId);

        await this.#removeContainers(buildId);
        // In use: a start of another process has made its containers since.
        await this.#removal.ofVolume(volume, async () => {
            await this.#removeContainers(buildId);
            await this.#docker.getVolume(volume).remove();
        });
        await this.#marks.take(buildId);
    }

    async #removeContainers(buildId: BuildId) {
        const { build, tools } = names(this.#settings, buildId);
        const found = await Promise.all([build, tools].map(name => inspect(this.#docker, name)));

        await this.#removal.ofContainers(found.flatMap(info => info?.Id ?? []));
    }

    /**
     * Removes what one start has made and nobody runs, and nothing of another start of the build. The engine keeps a
     * container that runs, and a volume that another start uses.
     */
    async removeWhatMade(buildId: number | string, start: string) {
        const containers = await this.#docker.listContainers({ all: true, ...madeBy(start) });

        for (const { Id } of containers) await unlessGone(this.#docker.getContainer(Id).remove({ v: true }));
        // By its name: Podman gives no labels to a volume that it makes for a container.
        if (containers.length > 0) await this.#removal.ofVolume(names(this.#settings, buildId).volume);
    }
}
