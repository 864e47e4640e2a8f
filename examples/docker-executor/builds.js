'use strict';

const { setTimeout: wait } = require('node:timers/promises');
const { buildContainer, jobToolsContainer, madeBy, names } = require('./containers');
const { within } = require('./engine');
const { alreadyThere, cancelledError, engineError, isGone, notDocker, timeoutError } = require('./errors');

/** @typedef {import('screwdriver-executor-base').StartConfig} StartConfig */

/** Bytes before each piece of a container's output that say where it was printed. */
const FRAME_HEADER = 8;
/** Seconds between TERM and KILL for a container that was made without a word on it. */
const USUAL_GRACE = 10;
/** Milliseconds between looks at a container that somebody else removes. */
const LOOK_EVERY = 100;

/**
 * What stands on the engine for each build: its two containers and the volume that they share. Each operation has one of
 * its own.
 */
class Builds {
    #engine;
    #docker;
    #settings;

    /**
     * @param {import('./engine').Engine} engine
     * @param {import('./settings').Settings} settings
     * @param {AbortSignal} [signal] ends all that is asked of the engine
     */
    constructor(engine, settings, signal) {
        this.#engine = engine;
        this.#docker = engine.client(signal);
        this.#settings = settings;
    }

    /**
     * Rejects where the build is on the engine already.
     *
     * @param {number | string} buildId
     */
    async mustBeNew(buildId) {
        const { build, tools } = names(this.#settings, buildId);

        // The container of the tools never runs: whoever tidies up the engine takes it away from a build that does.
        for (const name of [tools, build]) if (await this.#inspect(name)) throw alreadyThere(buildId);
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
        await unlessGone(this.#docker.getVolume(volume).remove(), () => Promise.resolve());
        const tools = await this.#create(jobToolsContainer(config, start, this.#settings));

        // Started elsewhere since the first look, and without the container of its tools again.
        if (await this.#inspect(build)) throw alreadyThere(config.buildId);

        return tools;
    }

    /**
     * Makes the build's own container, which still has to be started.
     *
     * @param {StartConfig} config
     * @param {string} start
     * @param {import('screwdriver-executor-base').Launch} launch
     * @param {import('screwdriver-executor-base').ParsedAnnotations} annotations
     */
    add(config, start, launch, annotations) {
        return this.#create(buildContainer(config, start, launch, annotations, this.#settings));
    }

    /**
     * Rejects where another process has stopped the build since its tools were added: the engine has made their volume
     * anew then, with nothing in it.
     *
     * @param {number | string} buildId
     * @param {import('dockerode').Container} tools
     */
    async mustHave(buildId, tools) {
        if (!(await this.#inspect(tools.id))) throw cancelledError(buildId);
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
        const info = await this.#inspect(name);

        if (!info || !info.State.ExitCode) return info && { info };
        const lastLine = await this.#docker
            .getContainer(name)
            .logs({ stdout: true, stderr: true, follow: false, tail: 1 })
            // Some log drivers cannot be read.
            .catch(() => undefined);

        return { info, ...(lastLine && { lastLine: lastLine.subarray(FRAME_HEADER).toString() }) };
    }

    /**
     * Ends the build's launcher, TERM first, KILL after the time that its container was made with.
     *
     * @param {number | string} buildId
     */
    async end(buildId) {
        const { build } = names(this.#settings, buildId);

        const info = await this.#inspect(build);

        if (!info) return;
        const { StopTimeout = USUAL_GRACE } = /** @type {{ StopTimeout?: number }} */ (info.Config);
        const { timeout } = this.#engine;
        const abortSignal = within(timeout && timeout + StopTimeout * 1000);

        await unlessGone(this.#docker.getContainer(build).stop({ abortSignal }));
    }

    /**
     * Removes what stands there for the build. Nothing there is no error, whoever took it away.
     *
     * @param {number | string} buildId
     */
    async remove(buildId) {
        const { build, tools, volume } = names(this.#settings, buildId);
        const takeVolume = () => this.#docker.getVolume(volume).remove();

        await this.#takeContainers([build, tools]);
        // In use: a start of another process has made its containers since.
        await unlessGone(takeVolume(), async () => {
            await this.#takeContainers([build, tools]);
            await takeVolume();
        });
    }

    /**
     * Removes what one start has made, and nothing of another start of the build: its names may be another's by now. The
     * engine keeps a volume that another start uses.
     *
     * @param {string} start
     */
    async removeWhatMade(start) {
        const containers = await this.#docker.listContainers({ all: true, ...madeBy(start) });

        await this.#takeContainers(containers.map(({ Id }) => Id));
        const { Volumes } = await this.#docker.listVolumes(madeBy(start));

        for (const { Name } of Volumes ?? []) await this.#docker.getVolume(Name).remove();
    }

    /** @param {string[]} containers names or ids */
    async #takeContainers(containers) {
        for (const container of containers) {
            await unlessGone(this.#docker.getContainer(container).remove({ force: true, v: true }), () =>
                this.#removal(container)
            );
        }
    }

    /**
     * Waits until somebody else's removal of the container is done. Under its name there may be another one by then.
     *
     * @param {string} container
     */
    async #removal(container) {
        const id = (await this.#inspect(container))?.Id;
        const end = Date.now() + (this.#engine.timeout || Infinity);

        while (id && (await this.#inspect(id))) {
            if (Date.now() > end) throw timeoutError(`the removal of ${container} did not end`);
            await wait(LOOK_EVERY);
        }
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

    /** @param {string} name */
    async #inspect(name) {
        const info = await unlessGone(this.#docker.getContainer(name).inspect());

        if (info && !info.Id) throw notDocker();

        return info;
    }
}

/**
 * @template Result
 * @param {Promise<Result>} answer
 * @param {() => Promise<unknown>} [whileGoing] waits for somebody else who is at it (409)
 * @returns {Promise<Result | undefined>}
 */
async function unlessGone(answer, whileGoing) {
    try {
        return await answer;
    } catch (error) {
        const { statusCode } = /** @type {any} */ (error);

        if (statusCode === 304 || isGone(error)) return undefined;
        // Another server does not find the build either: that is no word on it.
        if (statusCode === 404) throw notDocker();
        if (statusCode !== 409 || !whileGoing) throw engineError(error);
        await unlessGone(whileGoing());

        return undefined;
    }
}

module.exports = { Builds };
