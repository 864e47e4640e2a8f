'use strict';

const Executor = require('screwdriver-executor-base');
const { waiting } = require('./errors');
const { describeState, reasonOf } = require('./explain');
const { kubeConfigFrom } = require('./kube-config');
const { podOf } = require('./pod');
const { Pods } = require('./pods');
const { Reasons } = require('./reasons');
const { persist } = require('./retry');
const { settingsFrom } = require('./settings');
const { Starts } = require('./starts');

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
    #settings;
    #pods;
    #starts;

    #reasons = new Reasons();

    #stats = Executor.collectStats(this);

    /** @param {Options} [options] */
    constructor(options = {}) {
        super(options);
        this.#settings = settingsFrom(options);
        this.#pods = new Pods(kubeConfigFrom(options.kubeconfig), this.#settings);
        this.#starts = new Starts(this.#pods, this.#reasons, this.#settings, (config, signal) => {
            const timeout = Executor.buildTimeoutFrom(config.annotations, { max: this.#settings.maxBuildTimeout });

            return this.exchangeTokenForBuild(config, timeout, { signal });
        });
    }

    /**
     * Resolves once the build's pod has a node and its token; with `false`, which is "not yet", where it is still waiting
     * for its node after a while, or the executor ends before, and where the build is stopped meanwhile. Rejects when it
     * cannot start, with nothing of its own left on the cluster.
     *
     * @protected
     * @override
     * @param {Executor.StartConfig} config
     * @param {Executor.HookContext} context
     */
    async _start(config, { signal }) {
        const pod = podOf(config, this.parseAnnotations(config.annotations), this.#settings);

        return this.#starts.begin(config, pod, signal);
    }

    /**
     * Orders the end of the build's pod and resolves once the cluster has taken the order: the API saves how a build has
     * ended, and answers its launcher, only then. Cuts its start short.
     *
     * @protected
     * @override
     * @param {Executor.StopConfig} config
     * @param {Executor.HookContext} context
     */
    async _stop({ buildId }, { signal }) {
        await this.#starts.cancel(buildId);
        const pod = await persist(() => this.#pods.find(buildId, signal), signal);

        if (pod) await this.#pods.end(pod, signal);
        if (pod && this.#settings.processPerCall) await this.#pods.gone(pod, signal);
        this.#reasons.delete(buildId);
    }

    /**
     * Why the build did not come up, in words for its owner; an empty text where it did, or its start is in hand here. A
     * start that was left behind by a process that has ended is gone on with: rejects where that fails, or where there is
     * nothing to say yet, and can be called again.
     *
     * @protected
     * @override
     * @param {Executor.VerifyConfig} config
     * @param {Executor.HookContext} context
     */
    async _verify(config, { signal }) {
        const { buildId } = config;
        const wasInHand = this.#starts.has(buildId);
        const pod = await this.#pods.find(buildId, signal);
        const isLeft = !wasInHand && (await this.#pods.isUnfinished(pod, signal));

        // Its pod is still to come.
        if (!pod && this.#starts.has(buildId)) return '';
        // Meanwhile another verify may have taken it in hand.
        if (!pod || !isLeft || this.#starts.has(buildId)) return this.#reason(buildId, pod);
        // Whoever asks may end as soon as it has its answer: nothing goes on in the background there.
        const isWaiting = (await this.#starts.goOn(config, pod, signal)) === false;
        const found = await this.#pods.find(buildId, signal);
        const reason = this.#reason(buildId, found);

        if (isWaiting && !reason && (await this.#pods.isUnfinished(found, signal))) throw waiting(buildId);

        return reason;
    }

    /**
     * @param {Executor.BuildId} buildId
     * @param {import('@kubernetes/client-node').V1Pod | undefined} pod
     */
    #reason(buildId, pod) {
        return (pod ? '' : this.#reasons.get(buildId)) || reasonOf(pod, this.#settings.stuckSeconds);
    }

    /**
     * @protected
     * @override
     * @param {Executor.StatusConfig} config
     * @param {Executor.HookContext} context
     */
    async _status({ buildId }, { signal }) {
        const pod = await this.#pods.find(buildId, signal);

        return (pod ? '' : this.#reasons.get(buildId)) || describeState(pod);
    }

    /** @override */
    stats() {
        return this.#stats();
    }

    /**
     * The builds go on without the executor. What it has in hand itself ends: starts and stops, then the watches.
     *
     * @protected
     * @override
     */
    _cleanUp() {
        return this.shutDown([() => this.#starts.end()]);
    }
}

module.exports = KubernetesExecutor;
