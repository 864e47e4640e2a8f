'use strict';

const { setTimeout: wait } = require('node:timers/promises');
const { KubeConfig } = require('@kubernetes/client-node');
const Executor = require('screwdriver-executor-base');
const { alreadyThere, cancelled, clusterError, lost, shutDown } = require('./errors');
const { describeState, reasonOf } = require('./explain');
const { isSame, podOf } = require('./pod');
const { Pods } = require('./pods');
const { Reasons } = require('./reasons');
const { DEFAULTS } = require('./settings');

/** The executor ends, and the build's pod stays: it may still get its node, and then `verify` goes on here. */
const SHUTDOWN = ['KUBERNETES_SHUTDOWN', 'EXECUTOR_SHUTDOWN'];

/** @typedef {import('@kubernetes/client-node').V1Pod} Pod */
/**
 * The pod of a start: as it is made or was found, when it is on the cluster, and whether this start has made it.
 *
 * @typedef {{ pod: Pod, added: Promise<unknown>, isOwn: boolean }} Made
 */
/** @typedef {import('./settings').Options} Options */

/**
 * Runs each build in a pod of its own. The pod is made at once and names a Secret that is not there yet. Only when a
 * node has taken the pod is the token exchanged, and put into that Secret: the clock of the token starts with the
 * exchange, and a pod can wait for its node for hours. (Later still, once the images are pulled, the node would by then
 * have found the Secret missing, and looks again only every ten seconds or more.)
 *
 * @extends {Executor<Options>}
 */
class KubernetesExecutor extends Executor {
    #pods;
    #settings;

    /** The starts that wait for a node or a token, by their build. */
    #starts = /** @type {Map<string, { controller: AbortController, done: Promise<void> }>} */ (new Map());

    #reasons = new Reasons();

    /** @param {Options} [options] */
    constructor(options = {}) {
        super(options);
        const { kubeconfig, ...settings } = options;
        const kubeConfig = new KubeConfig();

        if (kubeconfig) kubeConfig.loadFromFile(kubeconfig);
        else kubeConfig.loadFromDefault();
        this.#settings = { ...DEFAULTS, ...settings };
        this.#pods = new Pods(kubeConfig, this.#settings);
    }

    /**
     * Resolves once the build's pod has a node and its token, or is still waiting for its node after a while. Rejects
     * when it cannot start, with nothing left on the cluster.
     *
     * @protected
     * @override
     * @param {Executor.StartConfig} config
     * @param {Executor.HookContext} context
     */
    async _start(config, { signal }) {
        if (this.#starts.has(String(config.buildId))) throw alreadyThere(config.buildId);
        const pod = podOf(config, this.parseAnnotations(config.annotations), this.#settings);
        const added = this.#pods.add(pod, config.buildId);
        const { taken, done } = this.#begin(config, { pod, added, isOwn: true }, signal);
        const late = added.then(() => wait(this.#settings.nodeWait, true, { ref: false }));
        const isLate = await Promise.race([taken, late]).catch(() => false);

        if (isLate !== true) await done;
    }

    /**
     * One start of a build at a time. `taken` settles when its pod has a node, or never will; `done` when the build has
     * its token.
     *
     * @param {Executor.StartConfig} config
     * @param {Made} made
     * @param {AbortSignal} shutdown
     */
    #begin(config, made, shutdown) {
        const build = String(config.buildId);

        const controller = new AbortController();
        const signal = AbortSignal.any([controller.signal, shutdown]);
        const taken = made.added.then(() => {
            // What a start before this one came to is of no account any more.
            this.#reasons.delete(build);

            return this.#pods.when(build, found => isDecided(found, made.pod), signal);
        });
        const done = this.#deliver(config, made, taken, signal).finally(() => this.#starts.delete(build));

        this.#starts.set(build, { controller, done });
        // Where nobody waits for it any more, `verify` and `status` tell how it went.
        done.catch(() => {});

        return { taken, done };
    }

    /**
     * Gives the build its token once a node has taken its pod.
     *
     * @param {Executor.StartConfig} config
     * @param {Made} made
     * @param {ReturnType<Pods['when']>} taken
     * @param {AbortSignal} signal
     */
    async #deliver(config, { pod, added, isOwn }, taken, signal) {
        const { buildId } = config;

        try {
            const found = await taken;
            const ours = isSame(found, pod) ? found : undefined;

            if (!ours || ours.status?.phase === 'Failed') throw lost(buildId, reasonOf(ours));
            await this.#giveToken(config, ours, signal);
        } catch (error) {
            const isThere = await added.then(
                () => true,
                () => false
            );
            const failure = clusterError(isThere && signal.aborted ? signal.reason : error);

            if (SHUTDOWN.includes(failure.code)) return;
            // The pod of another start has nothing to do with this failure.
            if (!isOwn || failure.code === 'KUBERNETES_BUILD_EXISTS') throw failure;
            this.#reasons.add(buildId, failure.userMessage);
            // A cluster that fails here too has the pod until it is stopped. Its build has never run.
            await this.#pods.remove(buildId, { only: pod }).catch(() => {});
            throw failure;
        }
    }

    /**
     * Another executor may be at it, too: what counts is that the build has a token.
     *
     * @param {Executor.StartConfig} config
     * @param {Pod} pod
     * @param {AbortSignal} signal
     */
    async #giveToken(config, pod, signal) {
        const timeout = Executor.buildTimeoutFrom(config.annotations, { max: this.#settings.maxBuildTimeout });

        try {
            await this.#pods.addToken(pod, await this.exchangeTokenForBuild(config, timeout, { signal }));
        } catch (error) {
            if (!(await this.#pods.hasToken(pod).catch(() => false))) throw error;
        }
    }

    /**
     * Ends the build's pod and resolves when it is gone, with its Secret. Cuts its start short.
     *
     * @protected
     * @override
     * @param {Executor.StopConfig} config
     * @param {Executor.HookContext} context
     */
    async _stop({ buildId }, { signal }) {
        const start = this.#starts.get(String(buildId));

        start?.controller.abort(cancelled(buildId));
        await start?.done.catch(() => {});
        await this.#pods.remove(buildId, { signal });
        this.#reasons.delete(buildId);
    }

    /**
     * Why the build did not come up, in words for its owner; an empty text where it did. A start that an earlier
     * executor left behind when it was shut down is gone on with; rejects where that fails, and can be called again.
     *
     * @protected
     * @override
     * @param {Executor.VerifyConfig} config
     * @param {Executor.HookContext} context
     */
    async _verify(config, { signal }) {
        const build = String(config.buildId);
        const pod = await this.#pods.find(build);
        const isLeft = pod?.status?.phase === 'Pending' && !(await this.#pods.hasToken(pod));

        if (isLeft && !this.#starts.has(build)) {
            const { done } = this.#begin(config, { pod, added: Promise.resolve(), isOwn: false }, signal);

            // Whoever asks may end as soon as it has its answer.
            if (pod.spec?.nodeName) await done;
        }

        return (pod ? '' : this.#reasons.get(build)) || reasonOf(pod, this.#settings.unschedulableSeconds);
    }

    /**
     * @protected
     * @override
     * @param {Executor.StatusConfig} config
     */
    async _status({ buildId }) {
        const pod = await this.#pods.find(buildId);

        return (pod ? '' : this.#reasons.get(buildId)) || describeState(pod);
    }

    /**
     * The builds go on without the executor. What it has in hand itself ends: starts and stops, then the watches.
     *
     * @protected
     * @override
     */
    _cleanUp() {
        return this.shutDown([
            async () => {
                const starts = [...this.#starts.values()];

                for (const { controller } of starts) controller.abort(shutDown());
                await Promise.allSettled(starts.map(({ done }) => done));
            }
        ]);
    }
}

/**
 * Whether it is known what becomes of a start: its pod has a node, is over, or is gone.
 *
 * @param {Pod | undefined} found
 * @param {Pod} pod
 */
function isDecided(found, pod) {
    return !isSame(found, pod) || found?.spec?.nodeName !== undefined || found?.status?.phase === 'Failed';
}

module.exports = KubernetesExecutor;
