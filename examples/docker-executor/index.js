'use strict';

const { randomUUID } = require('node:crypto');
const Executor = require('screwdriver-executor-base');
const { Background } = require('./background');
const { Builds } = require('./builds');
const { startOf } = require('./containers');
const { Endings } = require('./endings');
const { Engine } = require('./engine');
const { engineError, startError, timeoutError } = require('./errors');
const { describeState, reasonOf } = require('./explain');
const { Reasons } = require('./reasons');
const { entryPointOf, settingsFrom } = require('./settings');
const { Start } = require('./start');
const { Timers } = require('./timers');
const { Turns } = require('./turns');

/** @typedef {import('./settings').Options} Options */

/** What goes on for no build of this executor's. */
const LEFT = 'what others have left';

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

    /** What goes on after an answer: the ends of builds, above all. */
    #background = new Background(error => this.#settings.log(engineError(error).message));

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

    /**
     * Resolves once the launch script runs, and `false` where the build was stopped before. Rejects when it cannot run, with
     * nothing left on the engine.
     *
     * @protected
     * @override
     * @param {Executor.StartConfig} config
     * @param {Executor.HookContext} context
     */
    async _start(config, context) {
        const { processPerCall, startWait } = this.#settings;
        const limit = new AbortController();
        const giveUp = () => limit.abort(timeoutError(`the start did not end within ${startWait} seconds`));
        const clock = processPerCall ? setTimeout(giveUp, startWait * 1000) : undefined;
        const shutdown = AbortSignal.any([context.signal, limit.signal]);

        this.#takeUpEndings();
        try {
            return await this.#turns.next(
                String(config.buildId),
                'start',
                cancelled => this.#begin(config, cancelled, shutdown),
                shutdown
            );
        } finally {
            clearTimeout(clock);
        }
    }

    /**
     * @param {Executor.StartConfig} config
     * @param {AbortSignal} cancelled by a stop
     * @param {AbortSignal} shutdown
     */
    async #begin(config, cancelled, shutdown) {
        const { buildId } = config;
        const signal = AbortSignal.any([cancelled, shutdown]);
        const start = new Start(this, this.#engine, this.#settings, { signal, shutdown });
        const label = randomUUID();

        try {
            await start.mustBeNew(buildId);
            this.#reasons.forget(buildId);
            await start.bringUp(config, label);

            return undefined;
        } catch (error) {
            // Whoever stopped the build has said what became of it: a rejection would make it a failure.
            if (cancelled.aborted) return false;
            const reason = shutdown.aborted ? shutdown.reason : error;
            const failure = startError(reason, config, entryPointOf(this.#settings));

            // The build that is there already has nothing to do with this failure.
            if (failure.code !== 'DOCKER_BUILD_EXISTS') this.#reasons.remember(buildId, label, failure.userMessage);
            if (failure.code === 'DOCKER_START_CANCELLED') return false;
            throw failure;
        }
    }

    /**
     * Orders the end of the build, and cuts its start short. Resolves once the engine has the order: the status of the build
     * is saved only then, and its launcher waits for that. The engine gives it its grace time, then KILL; what it had there
     * is removed afterwards.
     *
     * @protected
     * @override
     * @param {Executor.StopConfig} config
     * @param {Executor.HookContext} context
     */
    async _stop({ buildId }, context) {
        const build = String(buildId);
        const ending = new AbortController();
        const signal = AbortSignal.any([context.signal, ending.signal]);

        this.#turns.abort(build);
        // The engine has the order already, and a start that waits for the end was cut short just now.
        if (this.#background.has(build)) return;
        await this.#turns.next(build, 'stop', async (_, waitUntil) => {
            const ordered = await new Endings(this.#engine, this.#settings, signal).order(buildId);

            this.#reasons.forget(buildId);
            if (!ordered) await new Builds(this.#engine, this.#settings, signal).remove(buildId);
            else if (this.#settings.processPerCall) await ordered.end;
            else waitUntil(this.#background.add(build, ordered.end, ending));
        });
        this._stopTimer({ buildId });
    }

    /** Goes on with what executors have left that died in the midst of an ending. */
    #takeUpEndings() {
        if (this.#settings.processPerCall || this.#background.has(LEFT)) return;
        const controller = new AbortController();
        const endings = new Endings(this.#engine, this.#settings, controller.signal);
        const takeUp = async () => {
            for (const build of await endings.marks.all())
                if (!this.#background.has(build)) void this.#background.add(build, endings.finish(build), controller);
        };

        void this.#background.add(LEFT, takeUp(), controller);
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
        const found =
            isStarting && isWaiting ? undefined : await new Builds(this.#engine, this.#settings, signal).find(buildId);
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
        const controller = new AbortController();
        const { signal } = controller;
        const end = async () => {
            const found = await new Builds(this.#engine, this.#settings, signal).find(buildId);

            // A build that has ended before has a reason of its own.
            if (!found?.info.State.Running || found.isEnding) return;
            const reason = `The build was ended: it took longer than its timeout of ${minutes} minutes.`;

            this.#reasons.remember(buildId, startOf(found.info), reason);
            await new Endings(this.#engine, this.#settings, signal).end(buildId);
        };

        this.#timers.start(buildId, minutes * 60_000 - ran, () => {
            void this.#background.add(`the timeout of ${buildId}`, end(), controller);
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
     * The builds go on without the executor, and the ends that it has ordered. What it has in hand itself ends: starts and
     * stops, then the clocks; what it would have removed is left to the next one.
     *
     * @protected
     * @override
     */
    _cleanUp() {
        return this.shutDown([() => this.#timers.stopAll(), () => this.#background.giveUp()]);
    }
}

module.exports = DockerExecutor;
