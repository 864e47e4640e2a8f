import Executor = require('../executor');
import { MemoryEngine } from './memory-engine';

export interface MemoryOptions {
    /** Where builds run. @default an engine of its own */
    engine?: MemoryEngine | undefined;
    /** Milliseconds that the engine may take for one call. @default 2000 */
    engineTimeout?: number | undefined;
}

/** What a timer can wait for: above it, Node fires at once. */
const LONGEST_TIMEOUT = 24 * 24 * 60;

/**
 * An executor whose engine is in memory: for tests of what calls an executor, and the reference for those who write
 * one. Nothing is run; what would run stands in `engine.builds`.
 */
export class MemoryExecutor extends Executor<MemoryOptions> {
    static override readonly callsInTurn: boolean = true;
    readonly engine: MemoryEngine;
    readonly #timers = new Map<string, NodeJS.Timeout>();
    readonly #stats = Executor.collectStats(this);

    constructor(options: MemoryOptions = {}) {
        super(options);
        this.engine = options.engine ?? new MemoryEngine();
    }

    /**
     * A build that is there already, whoever has started it, has been started. A subclass that calls it may leave the
     * context out.
     */
    protected override async _start(
        config: Executor.StartConfig,
        { signal, shutdownSignal }: Partial<Executor.StartContext> = {}
    ): Promise<boolean> {
        const id = Executor.buildIdFrom(config);

        // A build that runs has its token: it cannot be had a second time.
        if (await this.#call(limit => this.engine.find(id, limit), signal)) return true;
        const token = await this.#tokenFor(config, signal);

        if (token === undefined) return true;
        const { command, args, env } = Executor.launch({ ...config, token }, '/opt/sd');

        const annotations = this.parseAnnotations(config.annotations);
        const build = { id, annotations, image: config.container, command, args, env };

        // Not cut short by a stop: an engine might carry it out all the same, after the stop.
        await this.#call(limit => this.engine.run(build, limit), shutdownSignal);

        return true;
    }

    /** The build's own token; undefined where it cannot be had since another executor has started the build meanwhile. */
    async #tokenFor(config: Executor.StartConfig, signal: AbortSignal | undefined): Promise<string | undefined> {
        const id = Executor.buildIdFrom(config);

        try {
            return await this.exchangeTokenForBuild(config, Executor.buildTimeoutFrom(config.annotations), { signal });
        } catch (error) {
            if (await this.#call(limit => this.engine.find(id, limit), signal)) return undefined;
            throw error;
        }
    }

    protected override async _stop(config: Executor.StopConfig): Promise<void> {
        const id = Executor.buildIdFrom(config);

        this.#clearTimer(id);
        await this.#call(limit => this.engine.end(id, limit));
    }

    /** Resolves with an empty text for a build that comes up or has come up, and otherwise with why it did not. */
    protected override async _verify(config: Executor.VerifyConfig, context?: Executor.VerifyContext): Promise<string> {
        const id = Executor.buildIdFrom(config);
        const build = await this.#call(limit => this.engine.find(id, limit));

        if (!build) return context?.isStarting ? '' : `Build ${id} is not running.`;

        return this.engine.missingImages.has(build.image) ? `Image ${build.image} could not be pulled.` : '';
    }

    protected override async _status(config: Executor.StatusConfig, context?: Executor.VerifyContext): Promise<string> {
        const build = await this.#call(limit => this.engine.find(Executor.buildIdFrom(config), limit));

        if (build) return 'running';

        return context?.isStarting ? 'starting' : 'not found';
    }

    /** Ends the build when it has run for as long as it may. */
    protected override _startTimer(config: Executor.TimerConfig): void {
        const id = Executor.buildIdFrom(config);
        const minutes = Executor.buildTimeoutFrom(config.annotations, { max: LONGEST_TIMEOUT });
        const timer = setTimeout(() => {
            // Nobody waits for it: an engine that is down then still has the build, and the API will stop it.
            this.#call(limit => this.engine.end(id, limit)).catch(() => {});
        }, minutes * 60_000);

        this.#clearTimer(id);
        this.#timers.set(id, timer);
    }

    protected override _stopTimer(config: Executor.TimerConfig): void {
        this.#clearTimer(Executor.buildIdFrom(config));
    }

    /** Builds go on: they are the engine's. Starts in flight end at once, with nothing left behind. */
    protected override async _cleanUp(): Promise<void> {
        for (const id of [...this.#timers.keys()]) this.#clearTimer(id);
        await this.shutDown([], 25_000, 0);
    }

    override stats(): Executor.ExecutorStats {
        return { ...this.#stats(), breaker: { isClosed: !this.engine.down } };
    }

    #clearTimer(id: string): void {
        clearTimeout(this.#timers.get(id));
        this.#timers.delete(id);
    }

    /** A call to the engine in bounded time, its failure classified. */
    async #call<Result>(work: (limit: AbortSignal) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
        const { engineTimeout = 2_000 } = this.config;
        const timeout = AbortSignal.timeout(engineTimeout);

        try {
            return await work(AbortSignal.any([timeout, ...(signal ? [signal] : [])]));
        } catch (cause) {
            // What the base has to say of a stop or the shutdown.
            signal?.throwIfAborted();
            throw new Executor.ExecutorError(
                timeout.aborted
                    ? `The engine has not answered within ${engineTimeout} ms: look at its load`
                    : 'The engine cannot be reached: see that it runs and that its address is right',
                {
                    code: timeout.aborted ? 'MEMORY_ENGINE_SLOW' : 'MEMORY_ENGINE_DOWN',
                    kind: timeout.aborted ? 'timeout' : 'engine',
                    retryable: true,
                    userMessage: 'The build could not be started. Start it again.',
                    cause
                }
            );
        }
    }
}
