import { setImmediate } from 'node:timers/promises';
import Executor = require('screwdriver-executor-base');
import { Build } from './build';
import { Claim, folderOf, homeIn, markStopped, ownerOf } from './claim';
import { noTimeout } from './errors';
import { settingsFrom, type ProcessOptions as Options, type Settings } from './options';
import { isAlive } from './owner';
import { StartStatistics } from './start-statistics';
import { endStrays, straysOf } from './strays';
import { sweep } from './sweep';

/** Milliseconds for the reports of a shutdown, which precede the ends of the builds. */
const LAST_REPORT = 10_000;
/** Milliseconds after which a shutdown cuts grace periods short: the API exits after 30 s. */
const LAST_KILL = 20_000;

/**
 * Runs the launch script of a build as a process on this machine. There is no container: a build can do whatever the
 * executor's user can, so use this only for trusted builds.
 */
class ProcessExecutor extends Executor<Options> {
    static override readonly callsInTurn: boolean = true;

    readonly #settings: Settings;
    /** By id: the builds that this executor starts or runs, and those that have ended but have not been stopped yet. */
    readonly #builds = new Map<string, Build>();
    readonly #starts = new StartStatistics();
    /** The builds that a start or a stop is handling. */
    readonly #asked = new Set<string>();
    #sweeping: Promise<void> | undefined;

    constructor(options: Options = {}) {
        super(options);
        this.#settings = settingsFrom(options);
    }

    /**
     * Resolves once the launcher runs. If it already runs, here or in another executor of this machine, nothing is
     * started. If the executor that had started the build has died, the rest of the build is ended, and the build
     * starts again if the API still exchanges its token.
     */
    protected override async _start(
        config: Executor.StartConfig,
        { signal }: Executor.StartContext
    ): Promise<false | undefined> {
        const id = Executor.buildIdFrom(config);

        return this.#seeTo(id, async () => {
            this.#sweeping ??= sweep(this.#settings, this, other => this.#asked.has(other)).catch(warn);
            if (this.#builds.get(id)?.isRunning) return undefined;
            const claim = await Claim.take(this.#settings.workspaceRoot, id);

            if (!claim) return undefined;
            const isStarted = await this.#starts.count(() => this.#startHere(claim, id, config, signal));

            return isStarted ? undefined : false;
        });
    }

    async #startHere(claim: Claim, id: string, config: Executor.StartConfig, signal: AbortSignal): Promise<boolean> {
        const build = new Build(id, config.apiUri, this.#settings, claim, this);

        // Set before the first await: the API may start the build's timer before start has resolved.
        this.#builds.set(id, build);
        try {
            const minutes = this.#minutesOf(config);

            if (claim.isTakenOver) await endStrays(await straysOf(claim.home), this.#settings.gracePeriod, signal);

            return await build.start(() => this.exchangeTokenForBuild(config, minutes, { signal }), signal);
        } catch (error) {
            build.stopTimer();
            this.#forget(build);
            await claim.release();
            // The reason of the abort is more useful than the resulting error.
            signal.throwIfAborted();
            throw error;
        }
    }

    /** Sends TERM and resolves. The grace period and the removal of the folder follow. The log stays. */
    protected override async _stop(
        config: Executor.StopConfig,
        { signal, waitUntil }: Executor.StopContext
    ): Promise<void> {
        const id = Executor.buildIdFrom(config);
        const build = this.#builds.get(id);

        if (build) return waitUntil(build.stop(signal).then(() => this.#forget(build)));
        await this.#seeTo(id, async () => {
            const end = await this.#endElsewhere(id, signal);

            if (end) waitUntil(end.over);
        });
    }

    /** Ends a build that another executor of this machine has started. Undefined if there is none. */
    async #endElsewhere(id: string, signal: AbortSignal): Promise<{ over: Promise<void> } | undefined> {
        const { workspaceRoot, gracePeriod } = this.#settings;
        const folder = folderOf(workspaceRoot, id);
        const owner = await ownerOf(folder);

        if (!owner) return undefined;
        const claim = (await isAlive(owner)) ? undefined : await Claim.take(workspaceRoot, id);

        // An owner that is alive removes the folder itself and starts nothing more in it.
        if (!claim) await markStopped(folder, (await ownerOf(folder)) ?? owner);
        const strays = await straysOf(homeIn(folder));

        return { over: endStrays(strays, gracePeriod, signal).then(() => claim?.release()) };
    }

    /**
     * A non-empty string means "fail the build with this message". It is empty unless the build failed or is not on
     * this machine.
     */
    protected override async _verify(
        config: Executor.VerifyConfig,
        { isStarting }: Executor.VerifyContext
    ): Promise<string> {
        const build = this.#builds.get(Executor.buildIdFrom(config));

        if (build) return build.failure === undefined ? '' : String(build);
        const { text, isAlive } = await this.#seenFrom(config);

        return isAlive || isStarting ? '' : text;
    }

    protected override async _status(config: Executor.StatusConfig): Promise<string> {
        const build = this.#builds.get(Executor.buildIdFrom(config));

        return build ? String(build) : (await this.#seenFrom(config)).text;
    }

    /** What this machine shows of a build that this executor has not started. */
    async #seenFrom(config: { buildId: Executor.BuildId }): Promise<{ text: string; isAlive: boolean }> {
        const id = Executor.buildIdFrom(config);
        const owner = await ownerOf(folderOf(this.#settings.workspaceRoot, id));

        if (!owner) return { text: `Build ${id} is not on this executor`, isAlive: false };
        if (await isAlive(owner)) {
            return { text: `Build ${id} is run by another executor of this machine, pid ${owner.pid}`, isAlive: true };
        }

        return {
            text: `Build ${id} was left by an executor that is no longer there, pid ${owner.pid}`,
            isAlive: false
        };
    }

    /** The API calls it when the build reports RUNNING, which can be before `_start` has resolved. */
    protected override _startTimer(config: Executor.TimerConfig): void {
        this.#builds
            .get(Executor.buildIdFrom(config))
            ?.startTimer(this.#minutesOf(config), () => (this.#starts.timeouts += 1));
    }

    protected override _stopTimer(config: Executor.TimerConfig): void {
        this.#builds.get(Executor.buildIdFrom(config))?.stopTimer();
    }

    /**
     * The builds are children of this process, and nobody would look after them when it has ended. Running builds are
     * reported and ended at once, others once their start is over.
     */
    protected override _cleanUp(): Promise<void> {
        const hurry = AbortSignal.timeout(LAST_KILL);
        const isEnded = this.#endAll(
            [...this.#builds.values()].filter(({ isRunning }) => isRunning),
            hurry
        );

        return this.shutDown(
            [
                () => isEnded,
                () => this.#endAll([...this.#builds.values()], hurry),
                () => this.#sweeping,
                // The API exits after this, and warnings are printed slightly later than they are emitted.
                () => setImmediate()
            ],
            25_000,
            0
        );
    }

    async #endAll(builds: Build[], hurry: AbortSignal): Promise<void> {
        await Promise.all(
            builds.map(async build => {
                await build.fail('The executor was shut down while the build ran', LAST_REPORT, hurry);
                this.#forget(build);
            })
        );
    }

    override stats(): Executor.ExecutorStats {
        return this.#starts.toStats([...this.#builds.values()].filter(({ isRunning }) => isRunning).length);
    }

    #minutesOf({ annotations }: Pick<Executor.StartConfig, 'annotations'>): number {
        const { buildTimeout, maxBuildTimeout } = this.#settings;
        const asked: unknown = this.parseAnnotations(annotations).timeout;

        if (typeof asked === 'object' && asked !== null) throw noTimeout(asked);

        return Executor.buildTimeoutFrom(annotations, { default: buildTimeout, max: maxBuildTimeout });
    }

    async #seeTo<T>(id: string, work: () => Promise<T>): Promise<T> {
        this.#asked.add(id);
        try {
            return await work();
        } finally {
            this.#asked.delete(id);
        }
    }

    /** Forgets the build, unless it has been started again since. */
    #forget(build: Build): void {
        if (this.#builds.get(build.id) === build) this.#builds.delete(build.id);
    }
}

function warn(error: Error): void {
    process.emitWarning(`The leftovers of other executors could not be checked: ${error.message}`, {
        type: 'ProcessExecutorWarning'
    });
}

declare namespace ProcessExecutor {
    export type ProcessOptions = Options;
}

export = ProcessExecutor;
