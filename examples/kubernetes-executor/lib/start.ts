import { setTimeout as wait } from 'node:timers/promises';
import Executor = require('screwdriver-executor-base');
import { clusterError, ended, isDenied, isExisting, isUnsent, lost } from './errors';
import { describeState, reasonOf } from './explain';
import { graceFrom, isSame } from './pod';
import { hasEnded, isDecided, isEnding, isLost, isStopped } from './pod-state';
import { persist } from './retry';
import type { V1Pod as Pod } from '@kubernetes/client-node';
import type { Pods } from './pods';
import type { Reasons } from './reasons';
import type { Settings } from './settings';

/** Minutes that the build's token outlives its build's timeout and grace time, for reports to an API that was down. */
const TOKEN_BUFFER = 30;

/** The pod of a build as the cluster has it, and whether this start has made it. */
export type Made = { pod: Pod; isOwn: boolean };

/**
 * The steps of a start. Each step makes what does not exist yet, since a queue may deliver a start twice, and the
 * process that got it first may have died or may still be working. Two signals end it, since a cluster may still make
 * what its client has given up: only a shutdown ends a request that makes something.
 */
export class Start {
    #executor;
    #pods;
    #reasons;
    #settings;
    #signal;
    #shutdown;

    /**
     * @param reasons why builds have no pod
     * @param signals the first one is aborted by a shutdown, too
     */
    constructor(
        executor: Executor,
        pods: Pods,
        reasons: Reasons,
        settings: Settings,
        { signal, shutdown }: { signal: AbortSignal; shutdown: AbortSignal }
    ) {
        this.#executor = executor;
        this.#pods = pods;
        this.#reasons = reasons;
        this.#settings = settings;
        this.#signal = signal;
        this.#shutdown = shutdown;
    }

    /**
     * Resolves once the build has its token, or has run, whoever has started it. Resolves with `false` if it was
     * stopped, or if no node has taken its pod after a while. In the latter case the start continues.
     */
    async bringUp(config: Executor.StartConfig, body: Pod, waitUntil: (work: Promise<unknown>) => void) {
        const { processPerCall, nodeWait } = this.#settings;
        const made = await this.#make(config, body);

        if (!made) return false;
        if (!made.isOwn && (await this.#isUp(made.pod))) return this.#mustBeWell(config, made.pod);
        const taken = this.#pods.when(made.pod, isDecided, this.#signal);
        const done = this.#deliver(config, made, taken);

        // Rejections reach the caller through `done`.
        for (const promise of [taken, done]) promise.catch(() => {});
        if (processPerCall) return done;
        const isLate = await Promise.race([taken.catch(() => {}), wait(nodeWait, true, { ref: false })]);

        if (isLate !== true) return done;
        waitUntil(done);

        return false;
    }

    /** Makes the build's pod, unless another start has made it. Undefined if the build must not be started any more. */
    async #make(config: Executor.StartConfig, body: Pod): Promise<Made | undefined> {
        for (;;) {
            this.#signal.throwIfAborted();
            const made = await this.#add(config, body);

            if (made && (made.isOwn || !isEnding(made.pod))) return made;
            if (!made) continue;
            await this.#pods.gone(made.pod, this.#signal);
            if (!(await this.#isAwaited(config))) return undefined;
        }
    }

    /** Undefined if the pod that had the name is gone. */
    async #add({ buildId }: Executor.StartConfig, body: Pod): Promise<Made | undefined> {
        try {
            const pod = await this.#pods.add(body, this.#shutdown);

            // The outcome of an earlier start no longer matters.
            this.#reasons.delete(buildId);

            return { pod, isOwn: true };
        } catch (error) {
            const failure = clusterError(error);

            if (this.#signal.aborted) throw failure;
            const isMade = !isUnsent(failure) && !isDenied(failure);
            const pod = isMade ? await this.#find(buildId) : undefined;

            // Perhaps only the answer was lost.
            if (pod) return { pod, isOwn: isSame(pod, body) };
            if (isExisting(failure)) return undefined;
            this.#reasons.add(buildId, failure.userMessage);
            throw failure;
        }
    }

    /** The pod with the build's name after a failure. Retries, since the cluster may be restarting. */
    async #find(buildId: Executor.BuildId) {
        try {
            return await persist(() => this.#pods.find(buildId, this.#signal), this.#signal);
        } catch (error) {
            if ((error as Executor.ExecutorError).code === 'KUBERNETES_POD_FOREIGN') throw error;

            return undefined;
        }
    }

    /**
     * Gives the build its token once a node has taken its pod. Resolves with `false` if the build is stopped before.
     */
    async #deliver(
        config: Executor.StartConfig,
        { pod, isOwn }: Made,
        taken: Promise<Pod | undefined>
    ): Promise<false | undefined> {
        const { buildId } = config;

        try {
            const found = await taken;

            if (!found || isStopped(found)) return false;
            if (isLost(found)) throw lost(buildId, describeState(found));

            return await this.#giveToken(config, found);
        } catch (error) {
            if (this.#signal.aborted) throw clusterError(this.#signal.reason);
            const failure = clusterError(error);

            // The pod of another start has nothing to do with this failure.
            if (isOwn) {
                this.#reasons.add(buildId, failure.userMessage);
                // If the cluster fails here, too, the pod stays until the build is stopped. The build has never run.
                await this.#pods.end(pod, this.#signal).catch(() => {});
            }
            throw failure;
        }
    }

    /** Another executor may do the same. What matters is that the build has a token. */
    async #giveToken(config: Executor.StartConfig, pod: Pod): Promise<false | undefined> {
        try {
            const token = await this.#exchange(config);

            await persist(() => this.#pods.addToken(pod, token, this.#shutdown), this.#signal);

            return undefined;
        } catch (error) {
            const look = () => this.#pods.find(config.buildId, this.#signal);
            const found = await persist(look, this.#signal).catch(() => pod);

            if (!found || !isSame(found, pod) || isStopped(found)) return false;
            if (isEnding(found) || !(await this.#isUp(found).catch(() => false))) throw error;

            return this.#mustBeWell(config, found);
        }
    }

    /**
     * Rejects with the reason if the build has ended and the API does not know that it ever ran.
     *
     * @param pod the pod of another start
     */
    async #mustBeWell(config: Executor.StartConfig, pod: Pod): Promise<undefined> {
        if (!hasEnded(pod) || !(await this.#isAwaited(config))) return undefined;
        throw ended(config.buildId, reasonOf(pod) || describeState(pod));
    }

    /** Whether nothing is left to do for a pod, because its build has a token or has ended. */
    async #isUp(pod: Pod) {
        return hasEnded(pod) || !(await persist(() => this.#pods.isUnfinished(pod, this.#signal), this.#signal));
    }

    /** Whether the API waits for the build to run. Only then does it give a token. */
    async #isAwaited(config: Executor.StartConfig) {
        try {
            await this.#exchange(config);

            return true;
        } catch (error) {
            if ((error as Executor.ExecutorError).code === 'EXECUTOR_EXCHANGE_FORBIDDEN') return false;
            throw error;
        }
    }

    #exchange(config: Executor.StartConfig) {
        const timeout = Executor.buildTimeoutFrom(config.annotations, { max: this.#settings.maxBuildTimeout });
        // The clock reports with this token when the timeout and the grace time are over.
        const bufferMinutes = TOKEN_BUFFER + graceFrom(config.annotations, this.#settings) / 60;

        return this.#executor.exchangeTokenForBuild(config, timeout, { bufferMinutes, signal: this.#signal });
    }
}
