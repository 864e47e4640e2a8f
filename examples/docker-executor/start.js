'use strict';

const Executor = require('screwdriver-executor-base');
const { Builds } = require('./builds');
const { Endings } = require('./endings');
const { lastCalls } = require('./engine');
const { pull } = require('./pull');

/**
 * What a start goes through. It is told to give up by two signals, since an engine may make what its client has given up:
 * a request that makes something ends by a shutdown alone.
 */
class Start {
    #executor;
    #engine;
    #settings;
    #signal;
    #shutdown;

    /**
     * @param {Executor} executor
     * @param {import('./engine').Engine} engine
     * @param {import('./settings').Settings} settings
     * @param {{ signal: AbortSignal, shutdown: AbortSignal }} signals the first one is aborted by a shutdown, too
     */
    constructor(executor, engine, settings, { signal, shutdown }) {
        this.#executor = executor;
        this.#engine = engine;
        this.#settings = settings;
        this.#signal = signal;
        this.#shutdown = shutdown;
    }

    /**
     * Rejects where the build is on the engine already. One that is being ended is waited for.
     *
     * @param {Executor.BuildId} buildId
     */
    async mustBeNew(buildId) {
        const endings = new Endings(this.#engine, this.#settings, this.#signal);

        this.#signal.throwIfAborted();
        if (await endings.marks.has(buildId)) await endings.finish(buildId);
        await new Builds(this.#engine, this.#settings, this.#signal).mustBeNew(buildId);
    }

    /**
     * Resolves once the launch script runs.
     *
     * @param {Executor.StartConfig} config
     * @param {string} start what no other start of the build has
     */
    async bringUp(config, start) {
        const { jobToolsImage, pull: when, log } = this.#settings;

        for (const image of [jobToolsImage, config.container])
            await pull(this.#engine, image, { when, log, signal: this.#signal });
        try {
            await this.#run(config, start);
        } catch (error) {
            // What an engine that fails here too still has of the build goes when it is stopped.
            await new Builds(this.#engine, this.#settings, lastCalls(this.#shutdown))
                .removeWhatMade(config.buildId, start)
                .catch(() => {});
            throw error;
        }
    }

    /**
     * The token is exchanged only now, with the images here: its clock starts with the exchange. Meanwhile another process
     * may stop the build and start it again: what this start takes away when it fails is its own alone. A stop waits for
     * what the engine has begun to make: given up, that would come after it.
     *
     * @param {Executor.StartConfig} config
     * @param {string} start
     */
    async #run(config, start) {
        const builds = new Builds(this.#engine, this.#settings, this.#shutdown);
        const tools = await builds.addJobTools(config, start);
        const timeout = Executor.buildTimeoutFrom(config.annotations, { max: this.#settings.maxBuildTimeout });
        const token = await this.#executor.exchangeTokenForBuild(config, timeout, { signal: this.#signal });
        const launch = this.#launch({ ...config, token }, timeout);
        const annotations = this.#executor.parseAnnotations(config.annotations);
        const container = await builds.add(config, start, launch, annotations);

        await builds.mustHave(config.buildId, tools);
        this.#signal.throwIfAborted();
        await builds.run(container);
    }

    /**
     * @param {Executor.StartConfig} config with the build's own token
     * @param {number} buildTimeout
     */
    #launch(config, buildTimeout) {
        const { ecosystem, jobTools, mountPoint } = this.#settings;
        const { store, ui } = ecosystem;
        const addresses = jobTools === 'official' ? { store, ui } : {};

        return Executor.launch(config, mountPoint, { buildTimeout, jobTools, ...addresses });
    }
}

module.exports = { Start };
