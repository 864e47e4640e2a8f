import Executor = require('screwdriver-executor-base');
import { Builds } from './builds';
import { apiOf, namesItsBuild, startOf, variableOf } from './containers';
import { Endings } from './endings';
import { reasonOf, silence, type Found } from './explain';
import type Docker = require('dockerode');
import type { Background } from './background';
import type { Engine } from './engine';
import type { Reasons } from './reasons';
import type { Settings } from './settings';
import type { Timers } from './timers';

/** Milliseconds between looks, and before the first one. */
const LOOK_EVERY = 15_000;
const GONE = 'The container of the build is gone from its engine, and nobody had stopped the build.';
/** The name of the background work on what others have left. */
const LEFT = 'what others have left';

/** A build on the engine, as it was when first seen: a report needs this when its container is gone. */
interface Watched {
    info: Docker.ContainerInspectInfo;
    config: Executor.ExchangeConfig | undefined;
    metAt: number;
    /** Whether the last look found that it does not run any more. */
    isSuspect: boolean;
    isConcluded: boolean;
}

/** What a watch needs. */
interface Tools {
    executor: Executor;
    engine: Engine;
    settings: Settings;
    reasons: Reasons;
    timers: Timers;
    background: Background;
    /** Whether this executor is ending the build. */
    isEnding: (id: string) => boolean;
}

/**
 * Watches the builds on the engine, whoever started them: sets their timers, and tells the API about those that died
 * without a report. Each look is one request for all builds, as long as there are any.
 */
export class Watch {
    readonly #tools;
    readonly #builds: Builds;
    readonly #known = new Map<string, Watched>();
    readonly #controller = new AbortController();
    #timer: NodeJS.Timeout | undefined;
    #hasLooked = false;

    constructor(tools: Tools) {
        this.#tools = tools;
        this.#builds = new Builds(tools.engine, tools.settings, this.#controller.signal);
    }

    /** Schedules the next look in {@link LOOK_EVERY}, unless one is due earlier. */
    begin() {
        if (this.#tools.settings.processPerCall || this.#controller.signal.aborted) return;
        this.#timer ??= setTimeout(() => {
            this.#timer = undefined;
            void this.#tools.background.add('a look at the builds', this.#look(), this.#controller);
        }, LOOK_EVERY).unref();
    }

    /** Forgets a build that was stopped here: its end is expected. */
    forget(buildId: Executor.BuildId) {
        this.#known.delete(Executor.buildIdFrom({ buildId }));
    }

    end() {
        clearTimeout(this.#timer);
        this.#controller.abort();
    }

    /** Ends a build whose timer has fired. */
    ring(buildId: Executor.BuildId, minutes: number) {
        void this.#tools.background.add(`the timeout of ${buildId}`, this.#timeOut(buildId, minutes), this.#controller);
    }

    /** Tells the API first, which may end the build by itself. */
    async #timeOut(buildId: Executor.BuildId, minutes: number) {
        const { engine, settings, reasons } = this.#tools;
        const found = await this.#builds.find(buildId);

        // A build that has ended before has its own reason.
        if (!found?.info.State.Running || found.isEnding) return;
        const text = `The build took longer than its timeout of ${minutes} minutes.`;
        const start = startOf(found.info);

        reasons.remember(buildId, start, text);
        // If the API does not answer, each look tries again until the build's token expires.
        await this.#report(configOf(buildId, found.info), text).catch((error: unknown) => this.#log(buildId, error));
        // A stop by the API has removed the reason.
        reasons.remember(buildId, start, text);
        await new Endings(engine, settings, this.#controller.signal).end(buildId);
    }

    async #look() {
        try {
            if (await this.#lookAtAll()) this.begin();
        } catch (error) {
            this.begin();
            throw error;
        }
    }

    /** Resolves with whether there are any builds. */
    async #lookAtAll() {
        const { engine, settings, isEnding } = this.#tools;
        const all = await engine
            .client(this.#controller.signal)
            .listContainers({ all: true, filters: { label: ['screwdriver.build'] } });
        const there = new Map(
            all.filter(one => namesItsBuild(settings, one)).map(one => [one.Labels['screwdriver.build']!, one])
        );

        if (!this.#hasLooked) this.#takeUpEndings();
        this.#hasLooked = true;
        for (const id of there.keys()) if (!this.#known.has(id) && !isEnding(id)) await this.#meet(id);
        for (const [id, watched] of this.#known) {
            const isOver = this.#isOver(there.get(id)?.State, watched);

            if (isOver && watched.isSuspect && !watched.isConcluded) {
                watched.isConcluded = true;
                void this.#tools.background.add(`the end of ${id}`, this.#conclude(id, watched), this.#controller);
            }
            watched.isSuspect = isOver;
        }

        return there.size > 0 || this.#known.size > 0;
    }

    /** Whether a container in this state will not run any more, or will never run. */
    #isOver(state: string | undefined, { metAt }: Watched) {
        const { timeout, patience } = this.#tools.engine;
        // Its start may take this long, here or in another process.
        const isForgotten = () => timeout > 0 && performance.now() - metAt > 2 * patience + timeout;

        return state === undefined || state === 'exited' || state === 'dead' || (state === 'created' && isForgotten());
    }

    /** Goes on with the endings of executors that died meanwhile. */
    #takeUpEndings() {
        const { engine, settings, background, isEnding } = this.#tools;
        const endings = new Endings(engine, settings, this.#controller.signal);
        const takeUp = async () => {
            for (const id of await endings.marks.all())
                if (!isEnding(id)) void background.add(`what is left of ${id}`, endings.finish(id), this.#controller);
        };

        void background.add(LEFT, takeUp(), this.#controller);
    }

    async #meet(id: string) {
        const { timers } = this.#tools;
        const info = await this.#builds.look(id);

        if (!info) return;
        this.#known.set(id, {
            info,
            config: configOf(id, info),
            metAt: performance.now(),
            isSuspect: false,
            isConcluded: false
        });
        const minutes = Number(variableOf(info, 'SD_BUILD_TIMEOUT'));

        if (info.State.Running && !timers.has(id) && minutes > 0) {
            const ran = Date.now() - Date.parse(info.State.StartedAt);

            timers.start(id, minutes * 60_000 + graceOf(info) - ran, () => {
                this.ring(id, minutes);
            });
        }
    }

    /** Tells the API that a build has ended, if it does not know, and removes what is left of the build. */
    async #conclude(id: string, watched: Watched) {
        try {
            const found = await this.#builds.find(id);
            const { info } = found ?? {};

            if (info && (info.Id !== watched.info.Id || info.State.Running)) return;
            const mayHaveReported = info !== undefined && hasJustEnded(info);
            const text = this.#wordsFor(id, found);

            try {
                const isReported = await this.#report(watched.config, text, { unlessRunning: mayHaveReported });

                if (isReported) this.#tools.reasons.remember(id, startOf(watched.info), text);
                else if (mayHaveReported) return;
            } catch (error) {
                this.#log(id, error);
                if (Executor.isRetryable(error)) return;
            }
            if (this.#known.get(id) === watched) this.#known.delete(id);
            await this.#builds.remove(id);
        } finally {
            watched.isConcluded = false;
        }
    }

    #wordsFor(id: string, found: Found | undefined) {
        return this.#tools.reasons.of(id, found) ?? (found ? reasonOf(found) || silence(found) : GONE);
    }

    async #report(config: Executor.ExchangeConfig | undefined, text: string, options?: Executor.ReportOptions) {
        return config ? this.#tools.executor.reportFailure(config, text, options) : false;
    }

    #log(buildId: Executor.BuildId, error: unknown) {
        this.#tools.settings.log(`build ${buildId}: the API could not be told of its end: ${String(error)}`);
    }
}

/** The config for a report to the API, or undefined if the container does not hold it. */
function configOf(buildId: Executor.BuildId, info: Docker.ContainerInspectInfo): Executor.ExchangeConfig | undefined {
    const [token, apiUri] = [variableOf(info, 'SD_TOKEN'), apiOf(info)];

    return token && apiUri ? { token, apiUri, buildId } : undefined;
}

/** Whether a build has ended with 0 so recently that the API may still be saving its launcher's last report. */
function hasJustEnded(info: Docker.ContainerInspectInfo) {
    const { ExitCode, FinishedAt } = info.State;

    return ExitCode === 0 && Date.now() - Date.parse(FinishedAt) < graceOf(info);
}

/** Milliseconds that a build has to end. */
function graceOf({ Config }: Docker.ContainerInspectInfo) {
    return ((Config as { StopTimeout?: number }).StopTimeout ?? 0) * 1000;
}
