import Executor = require('screwdriver-executor-base');
import { describeState, goneReason, reasonOf, silence, tookTooLong } from './explain';
import { apiUriOf, isSame, minutesOf } from './pod';
import { graceOf, hasEnded, hasJustEnded, isEnding, isUnconfirmed, runningSince } from './pod-state';
import type { V1Pod as Pod } from '@kubernetes/client-node';
import type { Background } from './background';
import type { Pods } from './pods';
import type { Reasons } from './reasons';
import type { Settings } from './settings';
import type { Timers } from './timers';

/** Milliseconds between looks, and before the first one. */
const LOOK_EVERY = 15_000;

/** A build on the cluster as last seen. It is kept because what reports the build's end disappears with its pod. */
interface Watched {
    pod: Pod;
    config: Executor.ExchangeConfig;
    /** Whether the last look found that it no longer runs, or never will. */
    isSuspect: boolean;
    isConcluded: boolean;
}

/** What a watch works with. */
interface Tools {
    executor: Executor;
    pods: Pods;
    settings: Settings;
    reasons: Reasons;
    timers: Timers;
    background: Background;
    /** Whether this executor is ending the build. */
    isEndedHere: (id: string) => boolean;
}

/**
 * Looks after the builds on the cluster, whoever has started them. Sets their clocks, and reports builds to the API
 * that died without a report or will never come up. Each look makes one request for all builds, as long as there are
 * any.
 */
export class Watch {
    readonly #tools;
    readonly #known = new Map<string, Watched>();
    readonly #controller = new AbortController();
    #timer: NodeJS.Timeout | undefined;

    constructor(tools: Tools) {
        this.#tools = tools;
    }

    /** Schedules the next look in {@link LOOK_EVERY}, unless one is due before. */
    begin() {
        if (this.#tools.settings.processPerCall || this.#controller.signal.aborted) return;
        this.#timer ??= setTimeout(() => {
            this.#timer = undefined;
            this.#goOn('a look at the builds', this.#look());
        }, LOOK_EVERY).unref();
    }

    /** Forgets a build that was stopped here, which needs no report. */
    forget(buildId: Executor.BuildId) {
        this.#known.delete(Executor.buildIdFrom({ buildId }));
    }

    end() {
        clearTimeout(this.#timer);
        this.#controller.abort();
    }

    /** Ends a build whose clock has run out. */
    ring(buildId: Executor.BuildId, minutes: number) {
        this.#goOn(`the timeout of ${buildId}`, this.#timeOut(Executor.buildIdFrom({ buildId }), minutes));
    }

    #goOn(name: string, work: Promise<unknown>) {
        void this.#tools.background.add(name, work, this.#controller);
    }

    /** Reports to the API first, which may end the build itself. */
    async #timeOut(id: string, minutes: number) {
        const { pods, reasons } = this.#tools;
        const { signal } = this.#controller;
        const pod = await pods.find(id, signal);

        // A build that has already ended has its own reason.
        if (!pod || isEnding(pod) || hasEnded(pod)) return;
        const text = tookTooLong(minutes);

        reasons.add(id, text);
        try {
            const { config } = (await this.#meet(id, pod)) ?? {};

            if (config) await this.#report(config, text);
        } catch (error) {
            this.#log(id, error);
            // Its pod stays, with the token, and each look tries the report again.
            if (Executor.isRetryable(error)) return await pods.expire(pod, signal);
        }
        // Added again, since a stop by the API deletes it.
        reasons.add(id, text);
        await pods.end(pod, signal);
    }

    async #look() {
        try {
            if (await this.#lookAtAll()) this.begin();
        } catch (error) {
            this.begin();
            throw error;
        }
    }

    /** Looks at all builds. Resolves with whether there are any. */
    async #lookAtAll() {
        const there = await this.#tools.pods.all(this.#controller.signal);

        for (const [id, pod] of there) await this.#meet(id, pod);
        for (const [id, watched] of this.#known) {
            const isOver = this.#isOver(there.get(id));

            if (isOver && watched.isSuspect && !watched.isConcluded) {
                watched.isConcluded = true;
                this.#goOn(`the end of ${id}`, this.#conclude(id, watched));
            }
            watched.isSuspect = isOver;
            this.#setClock(id, watched.pod);
        }

        return there.size > 0 || this.#known.size > 0;
    }

    /** What the pod of a build says about it. Undefined if it has no token yet, or no longer has one. */
    async #meet(id: string, pod: Pod): Promise<Watched | undefined> {
        const known = this.#known.get(id);

        if (known && isSame(pod, known.pod)) return Object.assign(known, { pod });
        if (this.#tools.isEndedHere(id) || !pod.spec?.nodeName) return undefined;
        const [token, apiUri] = [await this.#tools.pods.tokenOf(pod, this.#controller.signal), apiUriOf(pod)];

        if (!token || !apiUri) return undefined;
        const watched = { pod, config: { token, apiUri, buildId: id }, isSuspect: false, isConcluded: false };

        this.#known.set(id, watched);

        return watched;
    }

    #setClock(id: string, pod: Pod) {
        const { timers } = this.#tools;
        const minutes = minutesOf(pod);
        const since = runningSince(pod);

        if (!since || !minutes || timers.has(id)) return;
        timers.start(id, since + minutes * 60_000 + graceOf(pod) - Date.now(), () => {
            this.ring(id, minutes);
        });
    }

    /** Whether a build no longer runs, or never will, and nobody is ending it. */
    #isOver(pod: Pod | undefined) {
        if (!pod || hasEnded(pod)) return true;
        if (isEnding(pod)) return isUnconfirmed(pod);

        return !runningSince(pod) && reasonOf(pod, this.#tools.settings.stuckSeconds) !== '';
    }

    /** Tells the API that a build has ended if it does not know, and removes what is left of the build. */
    async #conclude(id: string, watched: Watched) {
        const { pods, reasons } = this.#tools;
        const { signal } = this.#controller;

        try {
            const pod = await pods.find(id, signal);

            if (pod && (!isSame(pod, watched.pod) || !this.#isOver(pod))) return;
            const mayHaveReported = pod !== undefined && hasJustEnded(pod);
            const text = reasons.get(id) ?? (await this.#wordsFor(pod, watched));

            try {
                const isReported = await this.#report(watched.config, text, { unlessRunning: mayHaveReported });

                if (isReported) reasons.add(id, text);
                else if (mayHaveReported) return;
            } catch (error) {
                this.#log(id, error);
                if (Executor.isRetryable(error)) return;
            }
            if (this.#known.get(id) === watched) this.#known.delete(id);
            this.#tools.timers.stop(id);
            if (pod) await pods.end(pod, signal);
        } finally {
            watched.isConcluded = false;
        }
    }

    async #wordsFor(pod: Pod | undefined, watched: Watched) {
        if (!pod) return goneReason(watched.pod);
        const warning = await this.#tools.pods.warningOf(pod, this.#controller.signal);
        const reason = reasonOf(pod, this.#tools.settings.stuckSeconds, warning);

        if (reason || !hasEnded(pod)) return reason || describeState(pod);

        return silence(await this.#tools.pods.lastLine(pod, this.#controller.signal));
    }

    #report(config: Executor.ExchangeConfig, text: string, options: Executor.ReportOptions = {}) {
        return this.#tools.executor.reportFailure(config, text, { ...options, signal: this.#controller.signal });
    }

    #log(id: string, error: unknown) {
        this.#tools.settings.log(`build ${id}: the API could not be told of its end: ${String(error)}`);
    }
}
