'use strict';

const { setTimeout: wait } = require('node:timers/promises');
const Executor = require('screwdriver-executor-base');
const { clusterError, ended, isExisting, isUnsent, lost } = require('./errors');
const { describeState, reasonOf } = require('./explain');
const { isSame } = require('./pod');
const { hasEnded, isDecided, isEnding, isLost, isStopped } = require('./pod-state');
const { persist } = require('./retry');

/** @typedef {import('@kubernetes/client-node').V1Pod} Pod */
/**
 * The pod of a build as the cluster has it, and whether this start has made it.
 *
 * @typedef {{ pod: Pod, isOwn: boolean }} Made
 */

/**
 * What a start goes through. Each step makes what is not there: a queue may deliver a start twice, and the process that had
 * it first may have died, or still be at it. It is told to give up by two signals, since a cluster may make what its client
 * has given up: a request that makes something ends by a shutdown alone.
 */
class Start {
    #executor;
    #pods;
    #reasons;
    #settings;
    #signal;
    #shutdown;

    /**
     * @param {Executor} executor
     * @param {import('./pods').Pods} pods
     * @param {import('./reasons').Reasons} reasons why builds have no pod
     * @param {import('./settings').Settings} settings
     * @param {{ signal: AbortSignal, shutdown: AbortSignal }} signals the first one is aborted by a shutdown, too
     */
    constructor(executor, pods, reasons, settings, { signal, shutdown }) {
        this.#executor = executor;
        this.#pods = pods;
        this.#reasons = reasons;
        this.#settings = settings;
        this.#signal = signal;
        this.#shutdown = shutdown;
    }

    /**
     * Resolves once the build has its token, or has run, whoever has started it; with `false` where it was stopped, or
     * where no node has taken its pod after a while: then it goes on.
     *
     * @param {Executor.StartConfig} config
     * @param {Pod} body
     * @param {(work: Promise<unknown>) => void} waitUntil
     */
    async bringUp(config, body, waitUntil) {
        const { processPerCall, nodeWait } = this.#settings;
        const made = await this.#make(config, body);

        if (!made) return false;
        if (!made.isOwn && (await this.#isUp(made.pod))) return this.#mustBeWell(config, made.pod);
        const taken = this.#pods.when(made.pod, isDecided, this.#signal);
        const done = this.#deliver(config, made, taken);

        // Whoever waits for `done` hears of it.
        for (const promise of [taken, done]) promise.catch(() => {});
        if (processPerCall) return done;
        const isLate = await Promise.race([taken.catch(() => {}), wait(nodeWait, true, { ref: false })]);

        if (isLate !== true) return done;
        waitUntil(done);

        return false;
    }

    /**
     * Makes the build's pod, unless another start has made it. Undefined where the build is not to be started any more.
     *
     * @param {Executor.StartConfig} config
     * @param {Pod} body
     * @returns {Promise<Made | undefined>}
     */
    async #make(config, body) {
        for (;;) {
            this.#signal.throwIfAborted();
            const made = await this.#add(config, body);

            if (made && (made.isOwn || !isEnding(made.pod))) return made;
            if (!made) continue;
            await this.#pods.gone(made.pod, this.#signal);
            if (!(await this.#isAwaited(config))) return undefined;
        }
    }

    /**
     * Undefined where the pod that had the name is gone.
     *
     * @param {Executor.StartConfig} config
     * @param {Pod} body
     * @returns {Promise<Made | undefined>}
     */
    async #add({ buildId }, body) {
        try {
            const pod = await this.#pods.add(body, this.#shutdown);

            // What a start before this one came to is of no account any more.
            this.#reasons.delete(buildId);

            return { pod, isOwn: true };
        } catch (/** @type {any} */ error) {
            if (this.#signal.aborted) throw error;
            const pod = isUnsent(error) ? undefined : await this.#find(buildId);

            // It may be the answer alone that was lost.
            if (pod) return { pod, isOwn: isSame(pod, body) };
            if (isExisting(error)) return undefined;
            this.#reasons.add(buildId, error.userMessage);
            throw error;
        }
    }

    /**
     * What has the build's name after a failure, which may be that of a cluster that starts again.
     *
     * @param {Executor.BuildId} buildId
     */
    async #find(buildId) {
        try {
            return await persist(() => this.#pods.find(buildId, this.#signal), this.#signal);
        } catch (/** @type {any} */ error) {
            if (error.code === 'KUBERNETES_POD_FOREIGN') throw error;

            return undefined;
        }
    }

    /**
     * Gives the build its token once a node has taken its pod. Resolves with `false` where the build is stopped before.
     *
     * @param {Executor.StartConfig} config
     * @param {Made} made
     * @param {Promise<Pod | undefined>} taken
     * @returns {Promise<false | undefined>}
     */
    async #deliver(config, { pod, isOwn }, taken) {
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
                // A cluster that fails here too has the pod until it is stopped. Its build has never run.
                await this.#pods.end(pod, this.#signal).catch(() => {});
            }
            throw failure;
        }
    }

    /**
     * Another executor may be at it, too: what counts is that the build has a token.
     *
     * @param {Executor.StartConfig} config
     * @param {Pod} pod
     * @returns {Promise<false | undefined>}
     */
    async #giveToken(config, pod) {
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
     * Rejects with the reason where the build has ended without the API's knowing that it ever ran.
     *
     * @param {Executor.StartConfig} config
     * @param {Pod} pod of another start
     * @returns {Promise<undefined>}
     */
    async #mustBeWell(config, pod) {
        if (!hasEnded(pod) || !(await this.#isAwaited(config))) return undefined;
        throw ended(config.buildId, reasonOf(pod) || describeState(pod));
    }

    /**
     * Whether nothing is left to do for a pod: its build has a token, or has ended.
     *
     * @param {Pod} pod
     */
    async #isUp(pod) {
        return hasEnded(pod) || !(await persist(() => this.#pods.isUnfinished(pod, this.#signal), this.#signal));
    }

    /**
     * Whether the API waits for the build to run: it gives a token then.
     *
     * @param {Executor.StartConfig} config
     */
    async #isAwaited(config) {
        try {
            await this.#exchange(config);

            return true;
        } catch (/** @type {any} */ error) {
            if (error.code === 'EXECUTOR_EXCHANGE_FORBIDDEN') return false;
            throw error;
        }
    }

    /** @param {Executor.StartConfig} config */
    #exchange(config) {
        const timeout = Executor.buildTimeoutFrom(config.annotations, { max: this.#settings.maxBuildTimeout });

        return this.#executor.exchangeTokenForBuild(config, timeout, { signal: this.#signal });
    }
}

module.exports = { Start };
