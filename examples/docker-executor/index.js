'use strict';

const { randomUUID } = require('node:crypto');
const { debuglog } = require('node:util');
const Executor = require('screwdriver-executor-base');
const { Builds } = require('./builds');
const { clientsFor } = require('./clients');
const { startOf } = require('./containers');
const { engineError, startError } = require('./errors');
const { describeState, reasonOf } = require('./explain');
const { pull } = require('./pull');
const { Reasons } = require('./reasons');
const { Turns } = require('./turns');

const DEFAULTS = {
    /** The image that holds the job tools. */
    jobToolsImage: 'screwdrivercd/launcher:stable',
    /** Where the job tools are, in their image and in the build's container: a folder with the launch script. */
    mountPoint: '/opt/sd',
    /** The build's network: the engine's default, unless it is named. */
    network: '',
    /** When to pull an image: `missing`, or `always` to follow tags that move. */
    pull: /** @type {'missing' | 'always'} */ ('missing'),
    /** In the name of whatever this executor makes, so that two can share an engine. */
    prefix: 'sd-',
    /** How long a build may take to end after TERM, unless its annotation terminationGracePeriodSeconds says more. */
    stopSeconds: 10,
    /** The most minutes that a build may ask for. */
    maxBuildTimeout: 720,
    /** Gets the progress of pulls. */
    log: /** @type {(line: string) => void} */ (debuglog('screwdriver-executor-docker'))
};

/** @typedef {typeof DEFAULTS} Settings */
/**
 * `docker` says how to reach the engine; without it `DOCKER_HOST` does, or else it is the one at the usual socket. The
 * contexts of the `docker` command are not read.
 *
 * @typedef {Partial<Settings> & { docker?: import('dockerode').DockerOptions }} Options
 */

/**
 * Runs each build in a container of its own on a Docker engine. What must be known of a build stands on the engine, in
 * names and labels: an executor that comes after a restart finds the builds of the one before.
 *
 * @extends {Executor<Options>}
 */
class DockerExecutor extends Executor {
    #clients;
    #builds;
    #settings;

    /** Starts and stops of the same build, one after the other. */
    #turns = new Turns();

    /** Why a build did not start or was ended, until it is stopped. */
    #reasons = new Reasons();

    /** The clocks of the builds' timeouts. */
    #timers = /** @type {Map<string, NodeJS.Timeout>} */ (new Map());

    /** @param {Options} [options] */
    constructor(options = {}) {
        super(options);
        const { docker, ...settings } = options;

        this.#settings = { ...DEFAULTS, ...settings };
        this.#clients = clientsFor(docker);
        this.#builds = new Builds(this.#clients, this.#settings);
    }

    /**
     * Resolves once the launch script runs. Rejects when it cannot, with nothing left on the engine.
     *
     * @protected
     * @override
     * @param {Executor.StartConfig} config
     * @param {Executor.HookContext} context
     */
    _start(config, context) {
        return this.#turns.next(String(config.buildId), 'start', async cancelled => {
            const signal = AbortSignal.any([cancelled, context.signal]);
            const start = randomUUID();

            this.#reasons.forget(config.buildId);
            try {
                signal.throwIfAborted();
                await this.#builds.mustBeNew(config.buildId);
                await this.#pull(config, signal);
                await this.#run(config, start, signal);
            } catch (error) {
                const failure = startError(error, config, this.#settings.mountPoint);

                // The build that is there already has nothing to do with this failure.
                if (failure.code !== 'DOCKER_BUILD_EXISTS')
                    this.#reasons.remember(config.buildId, start, failure.userMessage);
                throw failure;
            }
        });
    }

    /**
     * @param {Executor.StartConfig} config
     * @param {AbortSignal} signal
     */
    async #pull(config, signal) {
        const { jobToolsImage, pull: when, log } = this.#settings;

        for (const image of [jobToolsImage, config.container]) await pull(this.#clients, image, { when, log, signal });
    }

    /**
     * The token is exchanged only now, with the images here: its clock starts with the exchange. Meanwhile another process
     * may stop the build and start it again: what this start takes away when it fails is its own alone.
     *
     * @param {Executor.StartConfig} config
     * @param {string} start
     * @param {AbortSignal} signal
     */
    async #run(config, start, signal) {
        const { mountPoint, maxBuildTimeout: max } = this.#settings;

        try {
            await this.#builds.addJobTools(config, start);
            const timeout = Executor.buildTimeoutFrom(config.annotations, { max });
            const token = await this.exchangeTokenForBuild(config, timeout, { signal });
            const launch = Executor.launch({ ...config, token }, mountPoint);
            const annotations = this.parseAnnotations(config.annotations);
            const container = await this.#builds.add(config, start, launch, annotations);

            signal.throwIfAborted();
            await container.start();
        } catch (error) {
            // What an engine that fails here too still has of the build goes when it is stopped.
            await this.#builds.removeWhatMade(start).catch(() => {});
            throw error;
        }
    }

    /**
     * Ends the build and removes its containers and its volume, whatever state it is in. Cuts its start short.
     *
     * @protected
     * @override
     * @param {Executor.StopConfig} config
     */
    async _stop({ buildId }) {
        this.#turns.abort(String(buildId));
        await this.#turns.next(String(buildId), 'stop', async () => {
            await this.#builds.end(buildId);
            await this.#builds.remove(buildId);
            this.#reasons.forget(buildId);
        });
        this._stopTimer({ buildId });
    }

    /**
     * Why the build did not come up, in words for its owner; an empty text where it did.
     *
     * @protected
     * @override
     * @param {Executor.VerifyConfig} config
     */
    async _verify({ buildId }) {
        const { found, isStarting, reason } = await this.#look(buildId);

        return reason ?? reasonOf(found, isStarting);
    }

    /**
     * @protected
     * @override
     * @param {Executor.StatusConfig} config
     */
    async _status({ buildId }) {
        const { found, isStarting, reason } = await this.#look(buildId);

        return reason ?? describeState(found, isStarting);
    }

    /** @param {Executor.BuildId} buildId */
    async #look(buildId) {
        // Before the engine is asked: a start that succeeds meanwhile is none that was never there.
        const isStarting = this.#turns.last(String(buildId)) === 'start';
        const found = await this.#builds.find(buildId);

        return { found, isStarting, reason: this.#reasons.of(buildId, found) };
    }

    /**
     * Launchers watch the timeout of their build themselves; this ends the build of one that does not.
     *
     * @protected
     * @override
     * @param {Executor.TimerConfig} config
     */
    _startTimer({ buildId, annotations, startTime }) {
        const minutes = Executor.buildTimeoutFrom(annotations, { max: this.#settings.maxBuildTimeout });
        const ran = Date.now() - Date.parse(startTime ?? '') || 0;
        const end = async () => {
            const found = await this.#builds.find(buildId);

            // A build that has ended before has a reason of its own.
            if (!found?.info.State.Running) return;
            const reason = `The build was ended: it took longer than its timeout of ${minutes} minutes.`;

            this.#reasons.remember(buildId, startOf(found.info), reason);
            await this.#builds.end(buildId);
        };

        this._stopTimer({ buildId });
        this.#timers.set(
            String(buildId),
            setTimeout(
                () => void end().catch(error => this.#settings.log(engineError(error).message)),
                minutes * 60_000 - ran
            )
        );
    }

    /**
     * @protected
     * @override
     * @param {Executor.TimerConfig} config
     */
    _stopTimer({ buildId }) {
        clearTimeout(this.#timers.get(String(buildId)));
        this.#timers.delete(String(buildId));
    }

    /**
     * The builds go on without the executor. What it has in hand itself ends: starts and stops, then the clocks.
     *
     * @protected
     * @override
     */
    _cleanUp() {
        return this.shutDown([
            () => {
                for (const buildId of this.#timers.keys()) this._stopTimer({ buildId });
            }
        ]);
    }
}

module.exports = DockerExecutor;
