import { setMaxListeners } from 'node:events';
import Executor = require('screwdriver-executor-base');
import { unlessAborted } from './aborted';
import { Aws } from './aws';
import { Builds } from './builds';
import { Calls } from './calls';
import { graceFrom } from './definition';
import { awsError, waiting } from './errors';
import { FORGOTTEN, SILENT, describe, isOver, isStopped, reasonOf, wasStopped } from './explain';
import { Reasons } from './reasons';
import { settingsFrom, type Options } from './settings';
import { Start } from './start';
import type { Task } from '@aws-sdk/client-ecs';

/**
 * Runs each build in its own task of Amazon ECS. The state of a build is kept there, under its name, so an executor finds its
 * builds again after a restart.
 */
class EcsExecutor extends Executor<Options> {
    static override readonly callsInTurn: boolean = true;

    #settings;
    #aws;
    #builds;

    /** Why builds did not start, until they are stopped. */
    #reasons = new Reasons();

    /** Ends the work that continues apart from the calls. */
    #closing = new AbortController();

    #stats = Executor.collectStats(this);

    constructor(options: Options) {
        super(options);
        this.#settings = settingsFrom(options);
        this.#aws = new Aws(options.client ?? {}, this.#settings);
        this.#builds = new Builds(new Calls(this.#aws, this.#settings), this.#settings);
        // Each build that runs listens to it.
        setMaxListeners(0, this.#closing.signal);
    }

    /**
     * Resolves once the build runs, whoever has started it, or if it ran before. Resolves with `false`, which means "not yet", if that
     * takes longer than `startWait` or if the build is stopped meanwhile. Rejects if the build cannot run. Then nothing of
     * this start is left.
     */
    protected override async _start(config: Executor.StartConfig, context: Executor.StartContext) {
        const { processPerCall, startWait } = this.#settings;
        const late = new AbortController();
        const clock = setTimeout(() => late.abort(waiting(config.buildId)), startWait * 1000);
        const limits = processPerCall ? [late.signal] : [];
        const done = this.#bringUp(config, context, limits).finally(() => clearTimeout(clock));

        if (processPerCall) return done;
        try {
            return await unlessAborted(done, late.signal);
        } catch (error) {
            if (error !== late.signal.reason) throw error;
            context.waitUntil(done);

            return false;
        }
    }

    async #bringUp(config: Executor.StartConfig, context: Executor.StartContext, limits: AbortSignal[]) {
        const { buildId } = config;
        const signal = AbortSignal.any([context.signal, ...limits]);
        const shutdown = AbortSignal.any([context.shutdownSignal, ...limits]);
        const start = new Start(this, this.#builds, this.#settings, { signal, shutdown });

        this.#reasons.delete(buildId);
        try {
            const outcome = await start.bringUp(config);

            if (start.made) void this.#watch(config, start.made);

            return outcome;
        } catch (error) {
            const isShutDown = context.shutdownSignal.aborted;

            // The build was stopped, or has its task, which the next executor finds.
            if (context.signal.aborted && (!isShutDown || start.made)) return false;
            const failure = awsError(shutdown.aborted ? shutdown.reason : error);

            if (failure.code !== 'ECS_WAITING') this.#reasons.add(buildId, failure.userMessage);
            throw failure;
        }
    }

    /** Reports a build to the API if its task ends and its launcher cannot have reported that. */
    async #watch({ apiUri, buildId }: Executor.StartConfig, { task: arn, token }: { task: string; token: string }) {
        const { signal } = this.#closing;

        if (this.#settings.processPerCall) return;
        try {
            const task = await this.#builds.poller.until(arn, one => isStopped(one) || wasStopped(one), signal);

            if (!task || wasStopped(task)) return;
            const reason = reasonOf(task, 0);

            // With an exit code of 0, the launcher has reported the end of a build that ran.
            await this.reportFailure({ apiUri, buildId, token }, reason || SILENT, { unlessRunning: !reason, signal });
        } catch (error) {
            if (!signal.aborted) this.#builds.log(buildId, error);
        }
    }

    /**
     * Orders the end of the build's task and resolves once ECS has accepted the order: the API saves how a build has ended,
     * and answers its launcher, only then. ECS gives the build its grace time, then sends KILL. The rest is removed afterwards.
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

    /** Why the build did not come up, in words for its owner. An empty text if it did, or still may. */
    protected override async _verify({ buildId }: Executor.VerifyConfig, context: Executor.VerifyContext) {
        return this.#look(buildId, context, '', task => reasonOf(task, this.#settings.stuckSeconds));
    }

    protected override async _status({ buildId }: Executor.StatusConfig, context: Executor.VerifyContext) {
        return this.#look(buildId, context, 'The build is being started.', describe);
    }

    /** @param starting the words for a build that may still get its task */
    async #look(
        buildId: Executor.BuildId,
        { isStarting, signal }: Executor.VerifyContext,
        starting: string,
        words: (task: Task) => string
    ) {
        const task = await this.#builds.find(buildId, signal);
        const reason = this.#reasons.get(buildId);

        // The failure of its start is why the task was stopped.
        if (task && !(reason && isOver(task))) return words(task);
        if (reason || isStarting) return reason ?? starting;

        return (await this.#builds.calls.isRecent(buildId, signal)) ? starting : FORGOTTEN;
    }

    override stats() {
        return this.#stats();
    }

    /** The builds, and the ends that it has ordered, continue without the executor. Its own work ends. */
    protected override _cleanUp() {
        this.#closing.abort();

        return this.shutDown([() => this.#builds.poller.close(), () => this.#aws.close()]);
    }
}

export = EcsExecutor;
