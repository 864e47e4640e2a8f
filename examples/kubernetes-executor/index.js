'use strict';

const { setTimeout: wait } = require('node:timers/promises');
const { KubeConfig } = require('@kubernetes/client-node');
const Executor = require('screwdriver-executor-base');
const { alreadyThere, cancelled, clusterError, lost, shutDown } = require('./errors');
const { describeState, reasonOf } = require('./explain');
const { podOf } = require('./pod');
const { Pods } = require('./pods');

const DEFAULTS = {
    /** The namespace of the builds' pods and Secrets. */
    namespace: 'default',
    /** The image that holds the job tools. It needs `cp`. */
    jobToolsImage: 'screwdrivercd/launcher:stable',
    /** Where the job tools are, in their image and in the build's container: a folder with the launch script. */
    mountPoint: '/opt/sd',
    /** The pods' service account: the namespace's default, unless it is named. */
    serviceAccount: '',
    /** Merged into each pod: `{ spec: { priorityClassName: 'builds' } }`. Its word counts. */
    podTemplate: /** @type {Record<string, unknown>} */ ({}),
    /** In the name of whatever this executor makes, so that two can share a namespace. */
    prefix: 'sd-',
    /** How long a build may take to end after TERM, unless its annotation terminationGracePeriodSeconds says more. */
    stopSeconds: 30,
    /** The most minutes that a build may ask for. */
    maxBuildTimeout: 720,
    /** Seconds beyond its timeout after which the cluster ends a pod whose launcher has not. It counts pulls too. */
    deadlineBuffer: 300,
    /** Milliseconds that `start` waits for a node. A build that needs longer is looked after in the background. */
    nodeWait: 10_000,
    /** Milliseconds that the cluster may take to answer a request. */
    answerTimeout: 30_000
};

/** The most reasons that are kept for builds which did not start and which nobody stops. */
const MOST_REASONS = 1000;

/** @typedef {typeof DEFAULTS} Settings */
/**
 * `kubeconfig` is a file; without it `KUBECONFIG` names one, `~/.kube/config` is one, or the cluster is the one that the
 * executor runs in.
 *
 * @typedef {Partial<Settings> & { kubeconfig?: string }} Options
 */

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

    /** Why a build did not start, until it is stopped. */
    #reasons = /** @type {Map<string, string>} */ (new Map());

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
        const { node, done } = this.#begin(config, signal, this.#pods.add(pod, config.buildId));
        const isLate = await Promise.race([node, wait(this.#settings.nodeWait, true, { ref: false })]);

        if (isLate !== true) await done;
    }

    /**
     * One start of a build at a time. `node` resolves when its pod has one, or never will; `done` when the build has
     * its token.
     *
     * @param {Executor.StartConfig} config
     * @param {AbortSignal} shutdown
     * @param {Promise<unknown>} pod is there
     */
    #begin(config, shutdown, pod) {
        const build = String(config.buildId);

        const controller = new AbortController();
        const signal = AbortSignal.any([controller.signal, shutdown]);
        const taken = pod.then(() => this.#pods.when(build, hasNodeOrEnded, signal));
        const node = taken.then(
            () => {},
            () => {}
        );
        const done = this.#deliver(config, taken, signal).finally(() => this.#starts.delete(build));

        this.#starts.set(build, { controller, done });
        // Where nobody waits for it any more, `verify` and `status` tell how it went.
        done.catch(() => {});

        return { node, done };
    }

    /**
     * Gives the build its token once a node has taken its pod.
     *
     * @param {Executor.StartConfig} config
     * @param {ReturnType<Pods['when']>} taken
     * @param {AbortSignal} signal
     */
    async #deliver(config, taken, signal) {
        const { buildId, annotations } = config;

        try {
            const pod = await taken;

            if (!pod?.spec?.nodeName) throw lost(buildId, reasonOf(pod));
            const timeout = Executor.buildTimeoutFrom(annotations, { max: this.#settings.maxBuildTimeout });

            await this.#pods.addToken(pod, await this.exchangeTokenForBuild(config, timeout, { signal }));
            this.#reasons.delete(String(buildId));
        } catch (error) {
            const failure = clusterError(signal.aborted ? signal.reason : error);

            // The pod of the first start has nothing to do with this failure.
            if (failure.code === 'KUBERNETES_BUILD_EXISTS') throw failure;
            // The pod stays: it may still get its node, and then `verify` goes on here.
            if (failure.code === 'KUBERNETES_SHUTDOWN') return;
            this.#remember(buildId, failure.userMessage);
            // A cluster that fails here too has the pod until it is stopped. Its build has never run.
            await this.#pods.remove(buildId).catch(() => {});
            throw failure;
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
        await this.#pods.remove(buildId, signal);
        this.#reasons.delete(String(buildId));
    }

    /**
     * Why the build did not come up, in words for its owner; an empty text where it did. A start that an earlier
     * executor left behind when it was shut down is gone on with.
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

        if (isLeft && !this.#starts.has(build)) this.#begin(config, signal, Promise.resolve());

        return this.#reasons.get(build) ?? reasonOf(pod);
    }

    /**
     * @protected
     * @override
     * @param {Executor.StatusConfig} config
     */
    async _status({ buildId }) {
        return this.#reasons.get(String(buildId)) ?? describeState(await this.#pods.find(buildId));
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

    /**
     * @param {Executor.BuildId} buildId
     * @param {string} [reason]
     */
    #remember(buildId, reason = 'The build could not be started.') {
        this.#reasons.set(String(buildId), reason);
        const [oldest] = this.#reasons.keys();

        if (this.#reasons.size > MOST_REASONS && oldest !== undefined) this.#reasons.delete(oldest);
    }
}

/** @param {import('@kubernetes/client-node').V1Pod | undefined} pod */
function hasNodeOrEnded(pod) {
    return !pod || pod.spec?.nodeName !== undefined || pod.status?.phase === 'Failed';
}

module.exports = KubernetesExecutor;
