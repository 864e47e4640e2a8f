import Executor = require('../executor');
import { MemoryEngine } from './memory-engine';

export interface MemoryOptions {
    /** Where builds run. @default an engine of its own */
    engine?: MemoryEngine | undefined;
    /** Milliseconds that the engine may take for one call. @default 2000 */
    engineTimeout?: number | undefined;
}

interface Starting {
    promise: Promise<boolean>;
    controller: AbortController;
}

/** What a timer can wait for: above it, Node fires at once. */
const LONGEST_TIMEOUT = 24 * 24 * 60;

/**
 * An executor whose engine is in memory: for tests of what calls an executor, and the reference for those who write
 * one. Nothing is run; what would run stands in `engine.builds`.
 */
export class MemoryExecutor extends Executor<MemoryOptions> {
    readonly engine: MemoryEngine;
    /** The starts in flight by build id: a second one joins, a stop or the shutdown ends them. */
    readonly #starting = new Map<string, Starting>();
    readonly #timers = new Map<string, NodeJS.Timeout>();
    readonly #stats = Executor.collectStats(this);

    constructor(options: MemoryOptions = {}) {
        super(options);
        this.engine = options.engine ?? new MemoryEngine();
    }

    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        const id = String(config.buildId);
        const running = this.#starting.get(id);

        if (running) return running.promise;
        const controller = new AbortController();
        const promise = this.#run(id, config, controller.signal).finally(() => {
            this.#starting.delete(id);
        });

        this.#starting.set(id, { promise, controller });

        return promise;
    }

    async #run(id: string, config: Executor.StartConfig, signal: AbortSignal): Promise<boolean> {
        // A build that runs has its token: it cannot be had a second time.
        if (await this.#call(limit => this.engine.find(id, limit), signal)) return true;
        const minutes = Executor.buildTimeoutFrom(config.annotations);
        const token = await this.exchangeTokenForBuild(config, minutes, { signal });
        const { command, args, env } = Executor.launch({ ...config, token }, '/opt/sd');

        const annotations = this.parseAnnotations(config.annotations);
        const build = { id, annotations, image: config.container, command, args, env };

        await this.#call(limit => this.engine.run(build, limit), signal);

        return true;
    }

    /** Ends a start in flight first, so that the build cannot come up afterwards. */
    protected override async _stop({ buildId }: Executor.StopConfig): Promise<void> {
        const id = String(buildId);

        await this.#cancel(id);
        this.#clearTimer(id);
        await this.#call(limit => this.engine.end(id, limit));
    }

    /** Resolves with an empty text for a build that came up, and otherwise with why it did not. */
    protected override async _verify({ buildId }: Executor.VerifyConfig): Promise<string> {
        const build = await this.#call(limit => this.engine.find(String(buildId), limit));

        if (!build) return `Build ${buildId} is not running.`;

        return this.engine.missingImages.has(build.image) ? `Image ${build.image} could not be pulled.` : '';
    }

    protected override async _status({ buildId }: Executor.StatusConfig): Promise<string> {
        const build = await this.#call(limit => this.engine.find(String(buildId), limit));

        return build ? 'running' : 'not found';
    }

    /** Ends the build when it has run for as long as it may. */
    protected override _startTimer({ buildId, annotations }: Executor.TimerConfig): void {
        const id = String(buildId);
        const minutes = Executor.buildTimeoutFrom(annotations, { max: LONGEST_TIMEOUT });
        const timer = setTimeout(() => {
            // Nobody waits for it: an engine that is down then still has the build, and the API will stop it.
            this._stop({ buildId, apiUri: '' }).catch(() => {});
        }, minutes * 60_000);

        this.#clearTimer(id);
        this.#timers.set(id, timer);
    }

    protected override _stopTimer({ buildId }: Executor.TimerConfig): void {
        this.#clearTimer(String(buildId));
    }

    /** Builds go on: they are the engine's. Starts in flight end, with nothing left behind. */
    protected override async _cleanUp(): Promise<void> {
        for (const id of [...this.#timers.keys()]) this.#clearTimer(id);
        await Promise.all([...this.#starting.keys()].map(id => this.#cancel(id)));
    }

    override stats(): Executor.ExecutorStats {
        return { ...this.#stats(), breaker: { isClosed: !this.engine.down } };
    }

    async #cancel(id: string): Promise<void> {
        const starting = this.#starting.get(id);

        starting?.controller.abort();
        await Promise.allSettled([starting?.promise]);
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
            if (signal?.aborted) {
                throw new Executor.ExecutorError('The start was ended by a stop or a shutdown', {
                    code: 'MEMORY_START_CANCELLED',
                    kind: 'cancelled',
                    userMessage: 'The start of the build was cancelled.'
                });
            }
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
