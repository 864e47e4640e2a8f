import Executor = require('screwdriver-executor-base');
import { Builds } from './builds';
import { cachesOf } from './cache';
import { graceFrom } from './containers';
import { Endings } from './endings';
import { lastCalls, type Engine } from './engine';
import { cancelledError, endedError } from './errors';
import { describeState, reasonOf, type Found } from './explain';
import { JobTools } from './job-tools';
import { Openers } from './openers';
import { pull } from './pull';
import type Docker = require('dockerode');
import type { Settings } from './settings';
import type { Reasons } from './reasons';

/** Minutes by which the build's token outlives its timeout and grace time, for reports to an unreachable API. */
const TOKEN_BUFFER = 30;

export type ContainerInspectInfo = Docker.ContainerInspectInfo;

/**
 * The steps of a start. Each step creates what is missing: a queue may deliver a start twice, and the process that had it
 * first may have died or may still be working on it. Two signals abort it, since an engine may create what its client has
 * given up: only a shutdown aborts a request that creates something.
 */
export class Start {
    #executor;
    #engine;
    #settings;
    #reasons;
    #signal;
    #shutdown;
    #builds;

    /** @param signals the first one is aborted by a shutdown, too */
    constructor(
        executor: Executor,
        engine: Engine,
        settings: Settings,
        reasons: Reasons,
        { signal, shutdown }: { signal: AbortSignal; shutdown: AbortSignal }
    ) {
        this.#executor = executor;
        this.#engine = engine;
        this.#settings = settings;
        this.#reasons = reasons;
        this.#signal = signal;
        this.#shutdown = shutdown;
        this.#builds = new Builds(engine, settings, shutdown);
    }

    /**
     * Resolves once the build runs or has run, whoever started it. Rejects if it was stopped meanwhile.
     *
     * @param start unique among the starts of the build
     */
    async bringUp(config: Executor.StartConfig, start: string) {
        const { buildId } = config;
        const { jobToolsImage, pull: when, log } = this.#settings;
        const reading = new Builds(this.#engine, this.#settings, this.#signal);
        const endings = new Endings(this.#engine, this.#settings, this.#signal);

        this.#signal.throwIfAborted();
        if ((await endings.await(buildId)) && !(await this.#isAwaited(config))) throw cancelledError(buildId);
        const there = await reading.look(buildId);

        if (there && !isNew(there)) return this.#mustBeWell(config);
        this.#reasons.forget(buildId);
        for (const image of [jobToolsImage, config.container])
            await pull(this.#engine, image, { when, log, signal: this.#signal });
        try {
            await this.#make(config, start);
        } catch (error) {
            const last = new Builds(this.#engine, this.#settings, lastCalls(this.#shutdown));

            // If the engine fails here, too, the stop of the build removes the rest.
            await last.removeWhatMade(start).catch(() => {});
            // Another start has brought it up, or the engine has, but its answer was lost.
            if ((await last.look(buildId).catch(() => {}))?.State.Running) return;
            throw error;
        }
    }

    /**
     * Creates what is missing of the build, and makes the engine run it. The token is exchanged after the images are here:
     * its lifetime starts with the exchange.
     */
    async #make(config: Executor.StartConfig, start: string) {
        const { buildId } = config;
        const builds = this.#builds;
        const claim = await builds.claim(config, start);

        await new Openers(this.#engine, this.#settings, this.#shutdown).open(config, start, this.#signal);
        if (!(await builds.look(buildId))) await this.#add(config, start, claim);
        const there = await builds.look(buildId);

        // The engine would run a container that has ended again.
        if (there && !isNew(there)) return this.#mustBeWell(config);
        // Stopped by another process.
        if (!there || !(await builds.isClaimed(buildId, claim))) throw cancelledError(buildId);
        this.#signal.throwIfAborted();
        await builds.run(there.Id);
    }

    /** @param claim what `claim` has resolved with */
    async #add(config: Executor.StartConfig, start: string, claim: string | undefined) {
        const { buildId } = config;
        const jobTools = new JobTools(this.#engine, this.#settings, this.#shutdown);
        let tools = await jobTools.provide(this.#signal);
        const timeout = Executor.buildTimeoutFrom(config.annotations, { max: this.#settings.maxBuildTimeout });
        let token;

        try {
            // The timer reports with this token when the timeout and the grace time are over.
            const bufferMinutes = TOKEN_BUFFER + graceFrom(config.annotations, this.#settings) / 60;

            token = await this.#executor.exchangeTokenForBuild(config, timeout, {
                bufferMinutes,
                signal: this.#signal
            });
        } catch (error) {
            if (!isForbidden(error)) throw error;
            // The build runs or has run: another start may have brought it up meanwhile.
            if (await this.#builds.look(buildId)) return;
            // Or another process has stopped it.
            if (!(await this.#builds.isClaimed(buildId, claim))) throw cancelledError(buildId, error);
            throw error;
        }
        const launch = this.#launch({ ...config, token }, timeout);

        await this.#builds.add(config, start, launch, tools, this.#signal);
        // Another start has just removed them for those of a newer image.
        while (!(await jobTools.areThere(tools))) {
            await this.#builds.removeContainersOf(start);
            tools = await jobTools.provide(this.#signal);
            await this.#builds.add(config, start, launch, tools, this.#signal);
        }
    }

    /** Rejects with the reason if the build has ended and the API does not know that it ever ran. */
    async #mustBeWell(config: Executor.StartConfig) {
        const { buildId } = config;
        const found = await new Builds(this.#engine, this.#settings, this.#signal).find(buildId);

        if (found?.info.State.Running) return;
        if (!(await this.#isAwaited(config))) return;
        throw found ? endedError(buildId, this.#reasons.of(buildId, found) || explain(found)) : cancelledError(buildId);
    }

    /** Whether the API waits for the build to run: only then does it give a token. */
    async #isAwaited(config: Executor.StartConfig) {
        try {
            await this.#executor.exchangeTokenForBuild(config, undefined, { signal: this.#signal });

            return true;
        } catch (error) {
            if (isForbidden(error)) return false;
            throw error;
        }
    }

    /** @param config with the build's own token */
    #launch(config: Executor.StartConfig, buildTimeout: number) {
        const { ecosystem, jobTools, mountPoint } = this.#settings;
        const { store, ui } = ecosystem;
        const addresses = jobTools === 'official' ? { store, ui } : {};
        const { flags } = cachesOf(config, this.#settings);

        return Executor.launch(config, mountPoint, { buildTimeout, jobTools, flags, ...addresses });
    }
}

/** Whether a container has never run. */
function isNew({ State }: ContainerInspectInfo) {
    return State.Status === 'created';
}

/** @param error of an exchange */
function isForbidden(error: unknown) {
    return (error as { code?: string }).code === 'EXECUTOR_EXCHANGE_FORBIDDEN';
}

function explain(found: Found) {
    return reasonOf(found) || describeState(found);
}
