'use strict';

const { inspect } = require('./answers');
const { buildContainer, jobToolsContainer, madeBy, names } = require('./containers');
const { within } = require('./engine');
const { alreadyThere, cancelledError, engineError } = require('./errors');
const { isAbout } = require('./explain');
const { Marks } = require('./marks');
const { Removal } = require('./removal');

/** @typedef {import('screwdriver-executor-base').StartConfig} StartConfig */

/** Bytes before each piece of a container's output that say where it was printed. */
const FRAME_HEADER = 8;

/**
 * What stands on the engine for each build: its two containers and the volume that they share. Each operation has one of
 * its own.
 */
class Builds {
    #engine;
    #docker;
    #settings;
    #signal;
    #marks;
    #removal;

    /**
     * @param {import('./engine').Engine} engine
     * @param {import('./settings').Settings} settings
     * @param {AbortSignal} [signal] ends all that is asked of the engine
     */
    constructor(engine, settings, signal) {
        this.#engine = engine;
        this.#docker = engine.client(signal);
        this.#settings = settings;
        this.#signal = signal;
        this.#marks = new Marks(this.#docker, settings);
        this.#removal = new Removal(this.#docker, engine.timeout);
    }

    /**
     * Rejects where the build is on the engine already.
     *
     * @param {number | string} buildId
     */
    async mustBeNew(buildId) {
        const { build, tools } = names(this.#settings, buildId);

        // The container of the tools does not run: whoever tidies up the engine takes it away from a build that does.
        for (const name of [tools, build]) if (await inspect(this.#docker, name)) throw alreadyThere(buildId);
    }

    /**
     * Makes the volume with the job tools in it. A second start of the build fails here, even one from another
     * process: the name of the container is taken.
     *
     * @param {StartConfig} config
     * @param {string} start
     */
    async addJobTools(config, start) {
        const { build, volume } = names(this.#settings, config.buildId);

        // Left by an engine that died while it filled it: it fills none that has something in it. In use, it is another
        // start's, and the names decide.
        await this.#removal.ofVolume(volume);
        const tools = await this.#create(jobToolsContainer(config, start, this.#settings));

        if (await this.#engine.isPodman(this.#signal)) await this.#fill(tools);

        // Started elsewhere since the first look, and without the container of its tools again.
        if (await inspect(this.#docker, build)) throw alreadyThere(config.buildId);

        return tools;
    }

    /**
     * Has Podman copy the job tools, which it does before it looks for the program that is to run.
     *
     * @param {import('dockerode').Container} tools
     */
    async #fill(tools) {
        await this.run(tools).catch(error => {
            if (!isAbout('true', engineError(error).message)) throw error;
        });
    }

    /**
     * Makes the build's own container, which still has to be started.
     *
     * @param {StartConfig} config
     * @param {string} start
     * @param {import('screwdriver-executor-base').Launch} launch
     * @param {import('screwdriver-executor-base').ParsedAnnotations} annotations
     */
    async add(config, start, launch, annotations) {
        const node = await this.#engine.node(this.#signal);

        return this.#create(buildContainer(config, start, launch, annotations, node, this.#settings));
    }

    /**
     * Rejects where another process has stopped the build since its tools were added: the engine has made their volume
     * anew then, with nothing in it.
     *
     * @param {number | string} buildId
     * @param {import('dockerode').Container} tools
     */
    async mustHave(buildId, tools) {
        if (!(await inspect(this.#docker, tools.id))) throw cancelledError(buildId);
    }

    /** @param {import('dockerode').Container} container */
    run(container) {
        return container.start({ abortSignal: within(this.#engine.patience) });
    }

    /**
     * The build's container, with the last line that it printed where it failed.
     *
     * @param {number | string} buildId
     * @returns {Promise<import('./explain').Found | undefined>}
     */
    async find(buildId) {
        const name = names(this.#settings, buildId).build;
        const info = await inspect(this.#docker, name);

        if (!info) return undefined;
        const isEnding = await this.#marks.has(buildId);

        if (!info.State.ExitCode) return { info, isEnding };
        const lastLine = await this.#docker
            .getContainer(name)
            .logs({ stdout: true, stderr: true, follow: false, tail: 1 })
            // Some log drivers cannot be read.
            .catch(() => undefined);

        return { info, isEnding, ...(lastLine && { lastLine: lastLine.subarray(FRAME_HEADER).toString() }) };
    }

    /**
     * Removes what stands there for the build. Nothing there is no error, whoever took it away.
     *
     * @param {number | string} buildId
     */
    async remove(buildId) {
        const { build, tools, volume } = names(this.#settings, buildId);

        await this.#removal.ofContainers([build, tools]);
        // In use: a start of another process has made its containers since.
        await this.#removal.ofVolume(volume, async () => {
            await this.#removal.ofContainers([build, tools]);
            await this.#docker.getVolume(volume).remove();
        });
        await this.#marks.take(buildId);
    }

    /**
     * Removes what one start has made, and nothing of another start of the build: its names may be another's by now. The
     * engine keeps a volume that another start uses.
     *
     * @param {number | string} buildId
     * @param {string} start
     */
    async removeWhatMade(buildId, start) {
        const containers = await this.#docker.listContainers({ all: true, ...madeBy(start) });

        await this.#removal.ofContainers(containers.map(({ Id }) => Id));
        // By its name: Podman gives no labels to a volume that it makes for a container.
        if (containers.length > 0) await this.#removal.ofVolume(names(this.#settings, buildId).volume);
    }

    /**
     * dockerode would put all of the options into the address of the request, where whoever logs it shows the token.
     *
     * @param {import('dockerode').ContainerCreateOptions} options
     */
    #create({ name, ...body }) {
        const options = { _query: { name }, _body: body, abortSignal: within(this.#engine.patience) };

        return this.#docker.createContainer(/** @type {object} */ (options));
    }
}

module.exports = { Builds };
