'use strict';

const { buildContainer, jobToolsContainer, names } = require('./containers');
const { alreadyThere, engineError } = require('./errors');

/** @typedef {import('screwdriver-executor-base').StartConfig} StartConfig */

/** Bytes before each piece of a container's output that say where it was printed. */
const FRAME_HEADER = 8;

/** What stands on the engine for each build: its two containers and the volume that they share. */
class Builds {
    #docker;
    #patient;
    #settings;

    /**
     * @param {import('dockerode')} docker
     * @param {import('dockerode')} patient a client without a timeout, for what may take a build's grace period
     * @param {import('./index').Settings} settings
     */
    constructor(docker, patient, settings) {
        this.#docker = docker;
        this.#patient = patient;
        this.#settings = settings;
    }

    /**
     * Rejects where the build is on the engine already.
     *
     * @param {number | string} buildId
     */
    async mustBeNew(buildId) {
        if (await this.#inspect(names(this.#settings, buildId).tools)) throw alreadyThere(buildId);
    }

    /**
     * Makes the volume with the job tools in it. A second start of the build fails here, even one from another
     * process: the name of the container is taken.
     *
     * @param {StartConfig} config
     */
    async addJobTools(config) {
        await this.#docker.createContainer(jobToolsContainer(config, this.#settings));
    }

    /**
     * Makes the build's own container, which still has to be started.
     *
     * @param {StartConfig} config
     * @param {import('screwdriver-executor-base').Launch} launch
     * @param {import('screwdriver-executor-base').ParsedAnnotations} annotations
     */
    add(config, launch, annotations) {
        return this.#docker.createContainer(buildContainer(config, launch, annotations, this.#settings));
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
        const lastLine = await unlessGone(
            this.#docker.getContainer(name).logs({ stdout: true, stderr: true, follow: false, tail: 1 })
        );

        return { info, ...(lastLine && { lastLine: lastLine.subarray(FRAME_HEADER).toString() }) };
    }

    /**
     * Ends the build's launcher, TERM first, KILL after the time that its container was made with.
     *
     * @param {number | string} buildId
     */
    async end(buildId) {
        const { build } = names(this.#settings, buildId);

        if (await this.#inspect(build)) await unlessGone(this.#patient.getContainer(build).stop());
    }

    /**
     * Removes what stands there for the build. Nothing there is no error, whoever took it away.
     *
     * @param {number | string} buildId
     */
    async remove(buildId) {
        const { build, tools, volume } = names(this.#settings, buildId);

        for (const name of [build, tools]) {
            const container = this.#docker.getContainer(name);

            await unlessGone(container.remove({ force: true, v: true }), () =>
                container.wait({ condition: 'removed' })
            );
        }
        await unlessGone(this.#docker.getVolume(volume).remove());
    }

    /** @param {string} name */
    #inspect(name) {
        return unlessGone(this.#docker.getContainer(name).inspect());
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

        if (statusCode === 304 || statusCode === 404) return undefined;
        if (statusCode !== 409 || !whileGoing) throw engineError(error);
        await unlessGone(whileGoing());

        return undefined;
    }
}

module.exports = { Builds };
