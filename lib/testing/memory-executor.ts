import Executor = require('../executor');
import { MemoryEngine } from './memory-engine';

export interface MemoryOptions {
    /** Where builds run. @default a new engine */
    engine?: MemoryEngine | undefined;
    /** Milliseconds that the engine may take for one call. @default 2000 */
    engineTimeout?: number | undefined;
}

/** The longest delay of a timer, in minutes: above it, Node fires at once. */
const LONGEST_TIMEOUT = 24 * 24 * 60;

/**
 * An executor whose engine is in memory: for tests of code that calls an executor, and as a reference for authors. It
 * runs nothing; `engine.builds` has the builds that would run.
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

    /** Resolves if the build exists already, whoever started it. A subclass may call it without the context. */
    protected override async _start(
        config: Executor.StartConfig,
        { signal, shutdownSignal }: Partial<Executor.StartContext> = {}
    ): Promise<boolean> {
        const id = Executor.buildIdFrom(config);

        // A running build has exchanged its token already: the API refuses a second exchange.
        if (await this.#call(limit => this.engine.find(id, limit), signal)) return true;
        const token = await this.#tokenFor(config, signal);

        if (token === undefined) return true;
        const { command, args, env } = Executor.launch({ ...config, token }, '/opt/sd');

        const annotations = this.parseAnnotations(config.annotations);
        const build = { id, annotations, image: config.container, command, args, env };

        // A stop does not abort this call: the engine might still carry it out, after the stop.
        await this.#call(limit => this.engine.run(build, limit), shutdownSignal);

        return true;
    }

    /**
     * The build's own token; undefined if the exchange failed because another executor has started the build meanwhile.
     */
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

    /** Resolves with an empty string for a build that is starting or has started, otherwise with the reason why not. */
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

    /** Ends the build when its timeout has passed. */
    protected override _startTimer(config: Executor.TimerConfig): void {
        const id = Executor.buildIdFrom(config);
        const minutes = Executor.buildTimeoutFrom(config.annotations, { max: LONGEST_TIMEOUT });
        const timer = setTimeout(() => {
            // Nobody waits for this call. If the engine is down, the build stays there until the API stops it.
            this.#call(limit => this.engine.end(id, limit)).catch(() => {});
        }, minutes * 60_000);

        this.#clearTimer(id);
        this.#timers.set(id, timer);
    }

    protected override _stopTimer(config: Executor.TimerConfig): void {
        this.#clearTimer(Executor.buildIdFrom(config));
    }

    /** Builds keep running: they belong to the engine. Starts in progress end at once and leave nothing behind. */
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

    /** A call to the engine with a time limit, whose error is classified. */
    async #call<Result>(work: (limit: AbortSignal) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
        const { engineTimeout = 2_000 } = this.config;
        const timeout = AbortSignal.timeout(engineTimeout);

        try {
            return await work(AbortSignal.any([timeout, ...(signal ? [signal] : [])]));
        } catch (cause) {
            // The base's own error, for a stop or a shutdown, takes precedence.
            signal?.throwIfAborted();
            throw new Executor.ExecutorError(
                timeout.aborted
                    ? `The engine did not answer within ${engineTimeout} ms: check its load`
                    : 'The engine cannot be reached: check that it runs and that its address is right',
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
