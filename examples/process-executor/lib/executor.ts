import Executor = require('screwdriver-executor-base');
import { Build } from './build';
import { alreadyActive, closed, noTimeout } from './errors';
import { settingsFrom, type ProcessOptions as Options, type Settings } from './options';
import { StartStatistics } from './start-statistics';
import { endStrays } from './strays';

/**
 * Runs the launch script of a build as a process on this machine. There is no container: a build can do what the
 * executor's user can, so this is for builds that are trusted.
 */
class ProcessExecutor extends Executor<Options> {
    readonly #settings: Settings;
    /** By their id: those that start and run, and those that have ended and were not stopped yet. */
    readonly #builds = new Map<string, Build>();
    readonly #starts = new StartStatistics();
    /** Once it ends its builds, there must be no others. */
    #isClosed = false;

    constructor(options: Options = {}) {
        super(options);
        this.#settings = settingsFrom(options);
    }

    /** Resolves once the launcher runs. A build that starts or runs already is left alone, with an error. */
    protected override async _start(config: Executor.StartConfig): Promise<void> {
        const id = idOf(config);
        const known = this.#builds.get(id);

        if (this.#isClosed) throw closed(id);
        if (known?.isActive) throw alreadyActive(known);
        const build = new Build(id, config.apiUri, this.#settings);

        // Known before anything is awaited: a stop finds it, and a second start does.
        this.#builds.set(id, build);
        try {
            await this.#starts.count(async () => {
                const minutes = this.#minutesOf(config);

                await build.start(signal => this.exchangeTokenForBuild(config, minutes, { signal }));
            });
        } catch (error) {
            this.#forget(build);
            throw error;
        }
    }

    /** Resolves when none of the build's processes runs and its folder is gone; its log stays. */
    protected override async _stop(config: Executor.StopConfig): Promise<void> {
        const id = idOf(config);
        const build = this.#builds.get(id);

        // A build that never started, or one of an executor that is no longer there.
        if (!build) return endStrays(id, this.#settings);
        await build.stop();
        this.#forget(build);
    }

    /** A text means "fail the build with this message": empty unless the build failed, or is not here. */
    protected override _verify(config: Executor.VerifyConfig): string {
        const build = this.#builds.get(idOf(config));

        if (!build) return unknown(config);

        return build.failure === undefined ? '' : String(build);
    }

    protected override _status(config: Executor.StatusConfig): string {
        return String(this.#builds.get(idOf(config)) ?? unknown(config));
    }

    /** The API calls it when the build reports RUNNING: that can be before `_start` has resolved. */
    protected override _startTimer(config: Executor.TimerConfig): void {
        this.#builds.get(idOf(config))?.startTimer(this.#minutesOf(config), () => (this.#starts.timeouts += 1));
    }

    protected override _stopTimer(config: Executor.TimerConfig): void {
        this.#builds.get(idOf(config))?.stopTimer();
    }

    /** The builds are this process's children, and nobody would look after them when it has ended. */
    protected override async _cleanUp(): Promise<void> {
        this.#isClosed = true;
        await Promise.all(
            [...this.#builds.values()].map(async build => {
                await build.fail('The executor was shut down while the build ran');
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

    /** Unless the same build has been started again since. */
    #forget(build: Build): void {
        if (this.#builds.get(build.id) === build) this.#builds.delete(build.id);
    }
}

/** One form for ids that are numbers and ids that are numeric strings. */
function idOf({ buildId }: { buildId: Executor.BuildId }): string {
    return String(Number(buildId));
}

function unknown(config: { buildId: Executor.BuildId }): string {
    return `Build ${idOf(config)} is not on this executor`;
}

declare namespace ProcessExecutor {
    export type ProcessOptions = Options;
}

export = ProcessExecutor;
