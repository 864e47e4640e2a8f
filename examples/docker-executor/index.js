'use strict';

const { randomUUID } = require('node:crypto');
const Executor = require('screwdriver-executor-base');
const { Builds } = require('./builds');
const { startOf } = require('./containers');
const { Engine, lastCalls } = require('./engine');
const { engineError, startError } = require('./errors');
const { describeState, reasonOf } = require('./explain');
const { pull } = require('./pull');
const { Reasons } = require('./reasons');
const { settingsFrom } = require('./settings');
const { Timers } = require('./timers');
const { Turns } = require('./turns');

/** @typedef {import('./settings').Options} Options */

/**
 * Runs each build in a container of its own on a Docker engine. What must be known of a build stands on the engine, in
 * names and labels: an executor that comes after a restart finds the builds of the one before.
 *
 * @extends {Executor<Options>}
 */
class DockerExecutor extends Executor {
    #engine;
    #settings;

    /** Starts and stops of the same build, one after the other. */
    #turns = new Turns();

    /** Why a build did not start or was ended, until it is stopped. */
    #reasons = new Reasons();

    /** The clocks of the builds' timeouts. */
    #timers = new Timers();

    #stats = Executor.collectStats(this);

    /** @param {Options} [options] */
    constructor(options = {}) {
        super(options);
        this.#settings = settingsFrom(options);
        this.#engine = new Engine(options.docker);
    }

    /** @param {AbortSignal} [signal] */
    #builds(signal) {
        return new Builds(this.#engine, this.#settings, signal);
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

            try {
                signal.throwIfAborted();
                await this.#builds(signal).mustBeNew(config.buildId);
                this.#reasons.forget(config.buildId);
                await this.#pull(config, signal);
                await this.#run(config, start, signal, context);
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

        for (const image of [jobToolsImage, config.container]) await pull(this.#engine, image, { when, log, signal });
    }

    /**
     * The token is exchanged only now, with the images here: its clock starts with the exchange. Meanwhile another process
     * may stop the build and start it again: what this start takes away when it fails is its own alone. A stop waits for
     * what the engine has begun to make: given up, that would come after it.
     *
     * @param {Executor.StartConfig} config
     * @param {string} start
     * @param {AbortSignal} signal
     * @param {Executor.HookContext} shutdown
     */
    async #run(config, start, signal, { signal: shutdown }) {
        const { mountPoint, maxBuildTimeout: max } = this.#settings;
        const builds = this.#builds(shutdown);

        try {
            const tools = await builds.addJobTools(config, start);
            const timeout = Executor.buildTimeoutFrom(config.annotations, { max });
            const token = await this.exchangeTokenForBuild(config, timeout, { signal });
            const launch = Executor.launch({ ...config, token }, mountPoint);
            const annotations = this.parseAnnotations(config.annotations);
            const container = await builds.add(config, start, launch, annotations);

            await builds.mustHave(config.buildId, tools);
            signal.throwIfAborted();
            await builds.run(container);
        } catch (error) {
            // What an engine that fails here too still has of the build goes when it is stopped.
            await this.#builds(lastCalls(shutdown))
                .removeWhatMade(start)
                .catch(() => {});
            throw error;
        }
    }

    /**
     * Ends the build and removes its containers and its volume, whatever state it is in. Cuts its start short.
     *
     * @protected
     * @override
     * @param {Executor.StopConfig} config
     * @param {Executor.HookContext} context
     */
    async _stop({ buildId }, { signal }) {
        const builds = this.#builds(signal);

        this.#turns.abort(String(buildId));
        await this.#turns.next(String(buildId), 'stop', async () => {
            await builds.end(buildId);
            await builds.remove(buildId);
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
     * @param {Executor.HookContext} context
     */
    async _verify({ buildId }, { signal }) {
        const { found, isStarting, reason } = await this.#look(buildId, signal);

        return reason ?? reasonOf(found, isStarting);
    }

    /**
     * @protected
     * @override
     * @param {Executor.StatusConfig} config
     * @param {Executor.HookContext} context
     */
    async _status({ buildId }, { signal }) {
        const { found, isStarting, reason } = await this.#look(buildId, signal);

        return reason ?? describeState(found, isStarting);
    }

    /**
     * @param {Executor.BuildId} buildId
     * @param {AbortSignal} signal
     */
    async #look(buildId, signal) {
        // Before the engine is asked: a start that succeeds meanwhile is none that was never there.
        const { what, isWaiting } = this.#turns.last(String(buildId)) ?? {};
        const isStarting = what === 'start';
        // What is there is of before a start that waits for its turn.
        const found = isStarting && isWaiting ? undefined : await this.#builds(signal).find(buildId);
        const reason = isStarting && !found ? undefined : this.#reasons.of(buildId, found);

        return { found, isStarting, reason };
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
        const builds = this.#builds();
        const end = async () => {
            const found = await builds.find(buildId);

            // A build that has ended before has a reason of its own.
            if (!found?.info.State.Running) return;
            const reason = `The build was ended: it took longer than its timeout of ${minutes} minutes.`;

            this.#reasons.remember(buildId, startOf(found.info), reason);
            await builds.end(buildId);
        };

        this.#timers.start(buildId, minutes * 60_000 - ran, () => {
            void end().catch(error => this.#settings.log(engineError(error).message));
        });
    }

    /**
     * @protected
     * @override
     * @param {Executor.TimerConfig} config
     */
    _stopTimer({ buildId }) {
        this.#timers.stop(buildId);
    }

    /** @override */
    stats() {
        return this.#stats();
    }

    /**
     * The builds go on without the executor. What it has in hand itself ends: starts and stops, then the clocks.
     *
     * @protected
     * @override
     */
    _cleanUp() {
        return this.shutDown([() => this.#timers.stopAll()]);
    }
}

module.exports = DockerExecutor;
