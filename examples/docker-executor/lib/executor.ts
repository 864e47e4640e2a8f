import { randomUUID } from 'node:crypto';
import Executor = require('screwdriver-executor-base');
import { Background } from './background';
import { Builds } from './builds';
import { graceFrom } from './containers';
import { Endings } from './endings';
import { Engine } from './engine';
import { engineError, startError, timeoutError } from './errors';
import { describeState, reasonOf } from './explain';
import { Reasons } from './reasons';
import { entryPointOf, settingsFrom, type Options } from './settings';
import { Start } from './start';
import { Timers } from './timers';
import { Watch } from './watch';

/**
 * Runs each build in its own container on a Docker engine. The state of a build is kept on the engine, in names and
 * labels, so an executor finds its builds again after a restart.
 */
class DockerExecutor extends Executor<Options> {
    static override readonly callsInTurn: boolean = true;

    #engine;
    #settings;
    #watch;

    /** The builds that this executor is ending, without those that others have left behind. */
    #ending = new Set<string>();

    /** Work in the background of the calls. */
    #background = new Background(error => this.#settings.log(engineError(error).message));

    /** Why a build did not start or was ended, until it is stopped. */
    #reasons = new Reasons();

    /** The timers of the builds' timeouts. */
    #timers = new Timers();

    #stats = Executor.collectStats(this);
    constructor(options: Options = {}) {
        super(options);
        this.#settings = settingsFrom(options);
        this.#engine = new Engine(options.docker);
        this.#watch = new Watch({
            executor: this,
            engine: this.#engine,
            settings: this.#settings,
            reasons: this.#reasons,
            timers: this.#timers,
            background: this.#background,
            isEnding: id => this.#ending.has(id)
        });
        this.#watch.begin();
    }

    /**
     * Resolves once the build runs or has run, whoever started it, or with `false` if it was stopped first. Rejects if the
     * build cannot run, and leaves nothing of this start on the engine.
     */
    protected override async _start(config: Executor.StartConfig, context: Executor.StartContext) {
        const { processPerCall, startWait } = this.#settings;
        const limit = new AbortController();
        const giveUp = () => limit.abort(timeoutError(`the start did not end within ${startWait} seconds`));
        const clock = processPerCall ? setTimeout(giveUp, startWait * 1000) : undefined;
        const signal = AbortSignal.any([context.signal, limit.signal]);
        const shutdown = AbortSignal.any([context.shutdownSignal, limit.signal]);
        const start = new Start(this, this.#engine, this.#settings, this.#reasons, { signal, shutdown });
        const label = randomUUID();

        this.#watch.begin();
        try {
            return await start.bringUp(config, label);
        } catch (error) {
            // Whoever stopped the build has reported its outcome.
            if (signal.aborted && !shutdown.aborted) return false;
            const reason: unknown = shutdown.aborted ? shutdown.reason : error;
            const failure = startError(reason, config, entryPointOf(this.#settings));

            // A build that has ended has its own reason.
            if (failure.code !== 'DOCKER_BUILD_ENDED')
                this.#reasons.remember(config.buildId, label, failure.userMessage);
            if (failure.code === 'DOCKER_START_CANCELLED') return false;
            throw failure;
        } finally {
            this.#watch.begin();
            clearTimeout(clock);
        }
    }

    /**
     * Orders the end of the build. Resolves once the engine has the order: the status of the build is saved only then, and
     * its launcher waits for that. The engine gives the build its grace time, then sends KILL. What the build had there is
     * removed afterwards.
     */
    protected override async _stop({ buildId }: Executor.StopConfig, { signal, waitUntil }: Executor.StopContext) {
        const ordered = await new Endings(this.#engine, this.#settings, signal).order(buildId);

        this.#reasons.forget(buildId);
        this.#watch.forget(buildId);
        if (!ordered) await new Builds(this.#engine, this.#settings, signal).remove(buildId);
        else if (this.#settings.processPerCall) await ordered.end;
        else {
            const build = Executor.buildIdFrom({ buildId });

            this.#ending.add(build);
            waitUntil(ordered.end.finally(() => this.#ending.delete(build)));
        }
        this._stopTimer({ buildId });
    }

    /** Explains to the build's owner why it did not come up. The text is empty if it did. */
    protected override async _verify({ buildId }: Executor.VerifyConfig, context: Executor.VerifyContext) {
        const { found, isStarting, reason } = await this.#look(buildId, context);

        return reason ?? reasonOf(found, isStarting);
    }

    protected override async _status({ buildId }: Executor.StatusConfig, context: Executor.VerifyContext) {
        const { found, isStarting, reason } = await this.#look(buildId, context);

        return reason ?? describeState(found, isStarting);
    }

    async #look(buildId: Executor.BuildId, context: Executor.VerifyContext) {
        // Read before the engine is asked, so that a start that succeeds meanwhile does not look as if it never was.
        const { isStarting } = context;
        const found = await new Builds(this.#engine, this.#settings, context.signal).find(buildId);
        const reason = isStarting && !found ? undefined : this.#reasons.of(buildId, found);

        return { found, isStarting, reason };
    }

    /**
     * This timer is the last resort: launchers watch their build's timeout themselves, and have the grace time to act on
     * it.
     */
    protected override _startTimer({ buildId, annotations, startTime }: Executor.TimerConfig) {
        const { maxBuildTimeout } = this.#settings;
        const minutes = Executor.buildTimeoutFrom(annotations, { max: maxBuildTimeout });
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
     * The builds go on without the executor, and so do the ends that it has ordered. Its own starts, stops and timers end.
     * The next executor removes what this one has no time to remove.
     */
    protected override _cleanUp() {
        this.#watch.end();
        this.#timers.stopAll();

        return this.shutDown([() => this.#background.giveUp()]);
    }
}

export = DockerExecutor;
