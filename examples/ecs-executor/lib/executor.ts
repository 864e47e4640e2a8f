import { setTimeout as wait } from 'node:timers/promises';
import Executor = require('screwdriver-executor-base');
import { Aws } from './aws';
import { Builds } from './builds';
import { Calls } from './calls';
import { graceFrom } from './definition';
import { awsError, waiting } from './errors';
import { FORGOTTEN, describe, isOver, reasonOf } from './explain';
import { Reasons } from './reasons';
import { settingsFrom } from './settings';
import { Start } from './start';
import type { Options } from './settings';

/**
 * Runs each build in a task of its own on Amazon ECS. What must be known of a build stands there, under its name: an
 * executor that comes after a restart finds the builds of the one before.
 */
class EcsExecutor extends Executor<Options> {
    static override readonly callsInTurn: boolean = true;

    #settings;
    #aws;
    #calls;
    #builds;

    /** Why builds did not start, until they are stopped. */
    #reasons = new Reasons();

    /** Ends what goes on after a stop. */
    #closing = new AbortController();

    #stats = Executor.collectStats(this);

    constructor(options: Options) {
        super(options);
        this.#settings = settingsFrom(options);
        this.#aws = new Aws(options.client ?? {}, this.#settings);
        this.#calls = new Calls(this.#aws, this.#settings);
        this.#builds = new Builds(this.#calls, this.#settings);
    }

    /**
     * Resolves once the build's container runs or has run, whoever has started it; with `false`, which is "not yet", where
     * that takes longer than `startWait`, and where the build is stopped meanwhile. Rejects when it cannot start, with
     * nothing of this start left.
     */
    protected override async _start(config: Executor.StartConfig, context: Executor.StartContext) {
        const { processPerCall, startWait } = this.#settings;
        const { buildId } = config;
        const limit = new AbortController();
        const start = new Start(this, this.#builds, this.#calls, this.#settings, {
            signal: AbortSignal.any([context.signal, limit.signal]),
            shutdown: AbortSignal.any([context.shutdownSignal, limit.signal])
        });
        const clock = new AbortController();
        const late = wait(startWait * 1000, true, { signal: clock.signal, ref: false }).catch(() => {});
        const done = this.#told(buildId, start.bringUp(config), context).finally(() => clock.abort());

        this.#reasons.delete(buildId);
        // Whoever waits for it hears of it.
        done.catch(() => {});
        if ((await Promise.race([late, done.catch(() => {})])) !== true) return done;
        if (processPerCall) limit.abort(waiting(buildId));
        else context.waitUntil(done);

        return processPerCall ? done : false;
    }

    /** Keeps the reason of a failure. A stop, or a shutdown once ECS has the task, is none: the outcome is `false`. */
    async #told(
        buildId: Executor.BuildId,
        work: Promise<false | undefined>,
        { signal, shutdownSignal }: Executor.StartContext
    ) {
        try {
            return await work;
        } catch (error) {
            if (signal.aborted && (!shutdownSignal.aborted || this.#builds.hasRun(buildId))) return false;
            const failure = awsError(shutdownSignal.aborted ? shutdownSignal.reason : error);

            if (failure.code !== 'ECS_WAITING') this.#reasons.add(buildId, failure.userMessage);
            throw failure;
        }
    }

    /**
     * Orders the end of the build's task and resolves once ECS has taken the order: the API saves how a build has ended, and
     * answers its launcher, only then. ECS gives it its grace time, then KILL; what else there is of it goes afterwards.
     */
    protected override async _stop(
        { buildId, annotations }: Executor.StopConfig,
        { signal, waitUntil }: Executor.StopContext
    ) {
        const tasks = await this.#builds.stop(buildId, signal);
        const end = AbortSignal.any([signal, this.#closing.signal]);
        const rest = this.#builds.remove(buildId, tasks, graceFrom(annotations, this.#settings), end);

        this.#reasons.delete(buildId);
        if (this.#settings.processPerCall) await rest;
        else waitUntil(rest);
    }

    /** Why the build did not come up, in words for its owner; an empty text where it did, or still may. */
    protected override async _verify({ buildId }: Executor.VerifyConfig, context: Executor.VerifyContext) {
        const { stuckSeconds } = this.#settings;

        return this.#look(buildId, context, '', task => reasonOf(task, stuckSeconds));
    }

    protected override async _status({ buildId }: Executor.StatusConfig, context: Executor.VerifyContext) {
        return this.#look(buildId, context, 'The build is being started.', describe);
    }

    /** @param starting what is said of a task that is still to come */
    async #look(
        buildId: Executor.BuildId,
        context: Executor.VerifyContext,
        starting: string,
        words: (task: Awaited<ReturnType<Builds['find']>> & object) => string
    ) {
        const { isStarting, signal } = context;
        const task = await this.#builds.find(buildId, signal);

        const reason = this.#reasons.get(buildId);

        // The task of a start that has failed was stopped for that reason.
        if (task && !(reason && isOver(task))) return words(task);
        if (reason || isStarting) return reason ?? starting;

        return (await this.#builds.isRecent(buildId, signal)) ? starting : FORGOTTEN;
    }

    override stats() {
        return this.#stats();
    }

    /** The builds go on without the executor, and the ends that it has ordered. What it waits for itself ends. */
    protected override _cleanUp() {
        this.#closing.abort();

        return this.shutDown([() => this.#aws.close()]);
    }
}

export = EcsExecutor;
