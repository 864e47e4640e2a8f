import Executor = require('screwdriver-executor-base');
import { Background } from './background';
import { clusterError, waiting } from './errors';
import { describeState, reasonOf } from './explain';
import { kubeConfigFrom } from './kube-config';
import { graceFrom, podOf } from './pod';
import { Pods } from './pods';
import { Reasons } from './reasons';
import { persist } from './retry';
import { settingsFrom } from './settings';
import { Start } from './start';
import { Timers } from './timers';
import { Watch } from './watch';
import type { Options } from './settings';
import type { V1Pod } from '@kubernetes/client-node';

/**
 * Runs each build in its own pod. The pod is made at once and names a Secret that does not exist yet. The token is
 * exchanged and put into that Secret only when a node has taken the pod: the token's lifetime starts with the exchange,
 * and a pod can wait for its node for hours. (Waiting until the images are pulled would be too late: the node would
 * already have found the Secret missing, and looks again only every ten seconds or more.)
 */
class KubernetesExecutor extends Executor<Options> {
    static override readonly callsInTurn: boolean = true;

    #settings;
    #pods;
    #watch;

    /** The builds that this executor is ending. */
    #ending = new Set<string>();

    /** The work that continues apart from the calls. */
    #background = new Background(error => this.#settings.log(clusterError(error).message));

    /** The clocks of the builds' timeouts. */
    #timers = new Timers();

    /** Why builds did not start or were ended, until they are stopped. */
    #reasons = new Reasons();

    /** Ends the watches of builds that are being ended. */
    #closing = new AbortController();

    #stats = Executor.collectStats(this);

    constructor(options: Options = {}) {
        super(options);
        this.#settings = settingsFrom(options);
        this.#pods = new Pods(kubeConfigFrom(options.kubeconfig), this.#settings);
        this.#watch = new Watch({
            executor: this,
            pods: this.#pods,
            settings: this.#settings,
            reasons: this.#reasons,
            timers: this.#timers,
            background: this.#background,
            isEndedHere: id => this.#ending.has(id)
        });
        this.#watch.begin();
    }

    /**
     * Resolves once the build has its token, whoever has started it. Resolves with `false`, which means "not yet", if
     * its pod still waits for a node after a while, if the executor ends before, or if the build is stopped meanwhile.
     * Rejects if the build cannot start. Then nothing of this start is left on the cluster.
     */
    protected override async _start(config: Executor.StartConfig, context: Executor.StartContext) {
        const { processPerCall, startWait } = this.#settings;
        const limit = new AbortController();
        const giveUp = () => limit.abort();
        const clock = processPerCall ? setTimeout(giveUp, startWait * 1000) : undefined;
        const signal = AbortSignal.any([context.signal, limit.signal]);
        const start = new Start(this, this.#pods, this.#reasons, this.#settings, {
            signal,
            shutdown: context.shutdownSignal
        });

        this.#watch.begin();
        try {
            const pod = podOf(config, this.parseAnnotations(config.annotations), this.#settings);

            return await start.bringUp(config, pod, context.waitUntil);
        } catch (error) {
            // The build was stopped, or its pod stays and the next call continues with it.
            if (context.signal.aborted) return false;
            throw limit.signal.aborted ? await this.#waiting(config.buildId, context.signal) : error;
        } finally {
            clearTimeout(clock);
        }
    }

    /**
     * Orders the end of the build's pod and resolves once the cluster has accepted the order. The API waits for this
     * before it saves how a build has ended and answers its launcher.
     */
    protected override async _stop({ buildId }: Executor.StopConfig, { signal, waitUntil }: Executor.StopContext) {
        const pod = await persist(() => this.#pods.find(buildId, signal), signal);

        this.#reasons.delete(buildId);
        if (pod) {
            await this.#pods.end(pod, signal);
            if (this.#settings.processPerCall) await this.#pods.gone(pod, signal);
            else waitUntil(this.#gone(buildId, pod, signal));
        }
        this.#watch.forget(buildId);
        this._stopTimer({ buildId });
    }

    async #gone(buildId: Executor.BuildId, pod: V1Pod, signal: AbortSignal) {
        const build = Executor.buildIdFrom({ buildId });

        this.#ending.add(build);
        try {
            await this.#pods.gone(pod, AbortSignal.any([signal, this.#closing.signal]));
        } finally {
            this.#ending.delete(build);
        }
    }

    /**
     * Why the build did not come up, in words for its owner. An empty text if it did, or if its start is running here.
     * Continues a start that an ended process has left behind. Rejects if that fails, or if there is nothing to say
     * yet. Then it can be called again.
     */
    protected override async _verify(config: Executor.VerifyConfig, context: Executor.VerifyContext) {
        const { buildId } = config;
        const { signal, isStarting } = context;
        const pod = await this.#pods.find(buildId, signal);

        // Its pod does not exist yet.
        if (!pod && context.isStarting) return '';
        if (isStarting || !(await this.#pods.isUnfinished(pod, signal))) return this.#reason(buildId, pod, signal);
        const isWaiting = (await this.start(config)) === false;
        const found = await this.#pods.find(buildId, signal);
        const reason = await this.#reason(buildId, found, signal);

        if (isWaiting && !reason && (await this.#pods.isUnfinished(found, signal))) {
            throw waiting(buildId, describeState(found));
        }

        return reason;
    }

    /** The error with what the build waits for. */
    async #waiting(buildId: Executor.BuildId, signal: AbortSignal) {
        return waiting(buildId, describeState(await this.#pods.find(buildId, signal)));
    }

    async #reason(buildId: Executor.BuildId, pod: V1Pod | undefined, signal: AbortSignal) {
        const warning = await this.#pods.warningOf(pod, signal);

        return (pod ? '' : this.#reasons.get(buildId)) || reasonOf(pod, this.#settings.stuckSeconds, warning);
    }

    protected override async _status({ buildId }: Executor.StatusConfig, { signal }: Executor.VerifyContext) {
        const pod = await this.#pods.find(buildId, signal);

        return (pod ? '' : this.#reasons.get(buildId)) || describeState(pod, await this.#pods.warningOf(pod, signal));
    }

    /**
     * The clock that is set here is the last resort: launchers watch the timeout of their build themselves, and have
     * the grace time to react to it.
     */
    protected override _startTimer({ buildId, annotations, startTime }: Executor.TimerConfig) {
        const minutes = Executor.buildTimeoutFrom(annotations, { max: this.#settings.maxBuildTimeout });
        const ran = Date.now() - Date.parse(startTime ?? '') || 0;
        const grace = graceFrom(annotations, this.#settings) * 1000;

        this.#timers.start(buildId, minutes * 60_000 + grace - ran, () => {
            this.#watch.ring(buildId, minutes);
        });
    }

    protected override _stopTimer({ buildId }: Executor.TimerConfig) {
        this.#timers.stop(buildId);
    }

    override stats() {
        return this.#stats();
    }

    /**
     * The builds, and the ends that it has ordered, continue without the executor. Its own work ends: its calls, its
     * watches, and its clocks, which the next executor sets again.
     */
    protected override _cleanUp() {
        this.#closing.abort();
        this.#watch.end();
        this.#timers.stopAll();

        return this.shutDown([() => this.#background.giveUp()]);
    }
}

export = KubernetesExecutor;
