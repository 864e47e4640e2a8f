'use strict';

const { setTimeout: wait } = require('node:timers/promises');
const { alreadyThere, cancelled, clusterError, isUnsent, lost, shutDown, waiting } = require('./errors');
const { describeState } = require('./explain');
const { isSame } = require('./pod');
const { isDecided, isEnding, isLost, isStopped } = require('./pod-state');
const { persist } = require('./retry');

/**
 * What ends a start that has not failed. The executor ends, and the build's pod stays: it may still get its node, and
 * whoever asks next goes on with it. Or the build is stopped: it is the stop that ends its pod.
 */
const CUT_SHORT = ['KUBERNETES_SHUTDOWN', 'EXECUTOR_SHUTDOWN', 'KUBERNETES_START_CANCELLED'];
/** What leaves the build's pod there for the start that comes next. */
const UNFINISHED = 'KUBERNETES_WAITING';

/** @typedef {import('screwdriver-executor-base').StartConfig} StartConfig */
/** @typedef {import('@kubernetes/client-node').V1Pod} Pod */
/**
 * The pod of a start as the cluster has it, and whether this start has made it.
 *
 * @typedef {{ pod: Pod, isOwn: boolean }} Made
 */
/**
 * What ends a start: a stop, or the end of the executor. Only the latter cuts a request short that makes something: what
 * a stop does not find, it does not remove.
 *
 * @typedef {{ stop: AbortController, end: AbortController, done: Promise<false | undefined> }} InHand
 */

/** The starts that wait for a node or a token, one at a time for a build. */
class Starts {
    #pods;
    #reasons;
    #settings;
    #exchange;

    #inHand = /** @type {Map<string, InHand>} */ (new Map());

    /**
     * @param {import('./pods').Pods} pods
     * @param {import('./reasons').Reasons} reasons why a start failed that nobody waits for any more
     * @param {import('./settings').Settings} settings
     * @param {(config: StartConfig, signal: AbortSignal) => Promise<string>} exchange gives a build's token
     */
    constructor(pods, reasons, settings, exchange) {
        this.#pods = pods;
        this.#reasons = reasons;
        this.#settings = settings;
        this.#exchange = exchange;
    }

    /** @param {number | string} buildId */
    has(buildId) {
        return this.#inHand.has(String(buildId));
    }

    /**
     * Starts a build in a new pod, or goes on with the one that a start has left behind that has died. Resolves once the
     * build has its token; with `false` where it is stopped, or where that is not so yet after a while: it goes on in the
     * background, unless the process ends with its answer: there it rejects.
     *
     * @param {StartConfig} config
     * @param {Pod} pod
     * @param {AbortSignal} shutdown
     */
    begin(config, pod, shutdown) {
        return this.#run(config, (end, signal) => this.#add(config.buildId, pod, end, signal), shutdown);
    }

    /**
     * Goes on with a pod that another start has made.
     *
     * @param {StartConfig} config
     * @param {Pod} pod as the cluster has it
     * @param {AbortSignal} shutdown
     */
    goOn(config, pod, shutdown) {
        return this.#run(config, async () => ({ pod, isOwn: false }), shutdown);
    }

    /**
     * @param {StartConfig} config
     * @param {(end: AbortSignal, signal: AbortSignal) => Promise<Made>} make
     * @param {AbortSignal} shutdown
     * @returns {Promise<false | undefined>}
     */
    async #run(config, make, shutdown) {
        const build = String(config.buildId);

        if (this.has(build)) throw alreadyThere(build);
        const [stop, end] = [new AbortController(), new AbortController()];
        const ends = AbortSignal.any([end.signal, shutdown]);
        const signal = AbortSignal.any([stop.signal, ends]);
        const { processPerCall, startWait, nodeWait } = this.#settings;
        const clock = processPerCall && setTimeout(() => stop.abort(waiting(build)), startWait * 1000);
        const made = make(ends, signal);
        const taken = made.then(({ pod }) => this.#pods.when(pod, isDecided, signal));
        const done = this.#deliver(config, made, taken, signal, ends).finally(() => {
            if (clock) clearTimeout(clock);
            this.#inHand.delete(build);
        });

        this.#inHand.set(build, { stop, end, done });
        // Where nobody waits for it any more, `verify` and `status` tell how it went.
        for (const promise of [taken, done]) promise.catch(() => {});
        if (processPerCall) return done;
        const late = made.then(() => wait(nodeWait, true, { ref: false }));
        const isLate = await Promise.race([taken, late]).catch(() => false);

        return isLate === true ? false : done;
    }

    /**
     * @param {number | string} buildId
     * @param {Pod} pod
     * @param {AbortSignal} end
     * @param {AbortSignal} signal
     * @returns {Promise<Made>}
     */
    async #add(buildId, pod, end, signal) {
        try {
            const made = await this.#pods.add(buildId, pod, end);

            // What a start before this one came to is of no account any more.
            this.#reasons.delete(buildId);

            return { pod: made, isOwn: true };
        } catch (/** @type {any} */ error) {
            if (end.aborted) throw error;
            const found = isUnsent(error) ? undefined : await this.#find(buildId, end);

            // It may be the answer alone that was lost.
            if (found && isSame(found, pod)) return { pod: found, isOwn: true };
            if (found && isEnding(found)) {
                await this.#pods.gone(found, signal);

                return this.#add(buildId, pod, end, signal);
            }
            if (error.code !== 'KUBERNETES_BUILD_EXISTS') this.#reasons.add(buildId, error.userMessage);
            // Its start may have died before it could give it its token.
            else if (found && (await this.#pods.isUnfinished(found, end))) return { pod: found, isOwn: false };
            throw error;
        }
    }

    /**
     * What has the build's name after a failure, which may be that of a cluster that starts again.
     *
     * @param {number | string} buildId
     * @param {AbortSignal} end
     */
    async #find(buildId, end) {
        try {
            return await persist(() => this.#pods.find(buildId, end), end);
        } catch (/** @type {any} */ error) {
            if (error.code === 'KUBERNETES_POD_FOREIGN') throw error;

            return undefined;
        }
    }

    /**
     * Gives the build its token once a node has taken its pod. Resolves with `false` where the build is stopped before,
     * or the executor ends.
     *
     * @param {StartConfig} config
     * @param {Promise<Made>} made
     * @param {Promise<Pod | undefined>} taken
     * @param {AbortSignal} signal
     * @param {AbortSignal} end
     * @returns {Promise<false | undefined>}
     */
    async #deliver(config, made, taken, signal, end) {
        const { buildId } = config;
        const { pod, isOwn } = await made.catch(error => {
            if (CUT_SHORT.includes(error.code)) return { pod: undefined, isOwn: false };
            throw error;
        });

        if (!pod) return false;
        try {
            const found = await taken;

            if (!found || isStopped(found)) return false;
            if (isLost(found)) throw lost(buildId, describeState(found));
            await this.#giveToken(config, found, signal, end);

            return undefined;
        } catch (error) {
            const failure = clusterError(signal.aborted ? signal.reason : error);

            if (CUT_SHORT.includes(failure.code)) return false;
            // The pod of another start has nothing to do with this failure.
            if (isOwn && failure.code !== UNFINISHED) {
                this.#reasons.add(buildId, failure.userMessage);
                // A cluster that fails here too has the pod until it is stopped. Its build has never run.
                await this.#pods.end(pod, signal).catch(() => {});
            }
            throw failure;
        }
    }

    /**
     * Another executor may be at it, too: what counts is that the build has a token.
     *
     * @param {StartConfig} config
     * @param {Pod} pod
     * @param {AbortSignal} signal
     * @param {AbortSignal} end
     */
    async #giveToken(config, pod, signal, end) {
        try {
            const token = await this.#exchange(config, signal);

            await persist(() => this.#pods.addToken(pod, token, end), signal);
        } catch (error) {
            const hasToken = await persist(() => this.#pods.hasToken(pod, signal), signal).catch(() => false);

            if (!hasToken) throw error;
        }
    }

    /**
     * Cuts the start of a build short, and resolves when nothing of it is going on any more.
     *
     * @param {number | string} buildId
     */
    async cancel(buildId) {
        const start = this.#inHand.get(String(buildId));

        start?.stop.abort(cancelled(buildId));
        await start?.done.catch(() => {});
    }

    /** Ends all starts. Their pods stay. */
    async end() {
        const starts = [...this.#inHand.values()];

        for (const { end } of starts) end.abort(shutDown());
        await Promise.allSettled(starts.map(({ done }) => done));
    }
}

module.exports = { Starts };
