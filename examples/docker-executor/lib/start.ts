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

/** Minutes that the build's token outlives its build's timeout and grace time: for reports to an API that is away. */
const TOKEN_BUFFER = 30;

export type ContainerInspectInfo = Docker.ContainerInspectInfo;

/**
 * What a start goes through. Each step makes what is not there: a queue may deliver a start twice, and the process that had
 * it first may have died, or still be at it. It is told to give up by two signals, since an engine may make what its client
 * has given up: a request that makes something ends by a shutdown alone.
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
     * Resolves once the build runs or has run, whoever has started it. Rejects where it was stopped meanwhile.
     *
     * @param start what no other start of the build has
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

            // What an engine that fails here too still has of the build goes when it is stopped.
            await last.removeWhatMade(start).catch(() => {});
            // Another start has brought it up, or the engine has, whose answer was lost.
            if ((await last.look(buildId).catch(() => {}))?.State.Running) return;
            throw error;
        }
    }

    /**
     * Makes what is not there of the build, and has the engine run it. The token is exchanged with the images here: its
     * clock starts with the exchange.
     */
    async #make(config: Executor.StartConfig, start: string) {
        const { buildId } = config;
        const builds = this.#builds;
        const claim = await builds.claim(config, start);

        await new Openers(this.#engine, this.#settings, this.#shutdown).open(config, start, this.#signal);
        if (!(await builds.look(buildId))) await this.#add(config, start, claim);
        const there = await builds.look(buildId);

        // The engine would run a container once more that has ended.
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
            // The clock reports with it when the timeout and the grace time are over.
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
        // Another start has removed them just before, for those of a newer image.
        while (!(await jobTools.areThere(tools))) {
            await this.#builds.removeWhatMade(start);
            tools = await jobTools.provide(this.#signal);
            await this.#builds.add(config, start, launch, tools, this.#signal);
        }
    }

    /** Rejects with the reason where the build has ended without the API's knowing that it ever ran. */
    async #mustBeWell(config: Executor.StartConfig) {
        const { buildId } = config;
        const found = await new Builds(this.#engine, this.#settings, this.#signal).find(buildId);

        if (found?.info.State.Running) return;
        if (!(await this.#isAwaited(config))) return;
        throw found ? endedError(buildId, this.#reasons.of(buildId, found) || explain(found)) : cancelledError(buildId);
    }

    /** Whether the API waits for the build to run: it gives a token then. */
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
