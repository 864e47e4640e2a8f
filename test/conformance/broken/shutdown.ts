import type Executor from 'screwdriver-executor-base';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import type { BrokenExecutors } from './broken-executor';

/** One timer per build, by number or numeric string, so that none is left once the kit has stopped the build. */
class Timers {
    readonly #timers = new Map<string, NodeJS.Timeout>();

    set(buildId: unknown, timer: NodeJS.Timeout): void {
        this.clear(buildId);
        this.#timers.set(String(buildId), timer);
    }

    clear(buildId: unknown): void {
        clearTimeout(this.#timers.get(String(buildId)));
    }
}

class CleanUpRejectsWhileABuildRuns extends MemoryExecutor {
    protected override async _cleanUp(): Promise<void> {
        await super._cleanUp();
        if (this.engine.builds.size > 0) throw new Error('A build runs');
    }
}

class WatchesABuildUntilItIsStopped extends MemoryExecutor {
    readonly #watches = new Timers();

    protected override async _start(config: Executor.StartConfig): Promise<boolean> {
        const started = await super._start(config);

        this.#watches.set(
            config.buildId,
            setInterval(() => {}, 1000)
        );
        // So that only the check of timers sees a timer that was started.
        return started;
    }

    protected override _startTimer(config: Executor.TimerConfig): void {
        super._startTimer(config);
        this.#watches.clear(config.buildId);
    }

    protected override _stop(config: Executor.StopConfig): Promise<void> {
        this.#watches.clear(config.buildId);

        return super._stop(config);
    }
}

class KeepsTimersThroughCleanUp extends MemoryExecutor {
    readonly #timers = new Timers();

    protected override _startTimer({ buildId }: Executor.TimerConfig): void {
        // The kit also starts a timer for an unknown build, which it does not stop.
        if (buildId === undefined) return;
        this.#timers.set(
            buildId,
            setTimeout(() => {}, 60_000)
        );
    }

    protected override _stop(config: Executor.StopConfig): Promise<void> {
        this.#timers.clear(config.buildId);

        return super._stop(config);
    }
}

class ListensForSignals extends MemoryExecutor {
    readonly #onSignal = () => {};

    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        process.off('SIGUSR2', this.#onSignal).on('SIGUSR2', this.#onSignal);

        return super._start(config);
    }

    protected override _stop(config: Executor.StopConfig): Promise<void> {
        process.off('SIGUSR2', this.#onSignal);

        return super._stop(config);
    }
}

class NeverAnswersAfterCleanUp extends MemoryExecutor {
    #isClosed = false;

    override start(config: Executor.StartConfig): Promise<any> {
        return this.#isClosed ? new Promise(() => {}) : super.start(config);
    }

    protected override async _cleanUp(): Promise<void> {
        await super._cleanUp();
        this.#isClosed = true;
    }
}

class RejectsForGoodAfterCleanUp extends MemoryExecutor {
    #isClosed = false;

    override start(config: Executor.StartConfig): Promise<any> {
        return this.#isClosed ? Promise.reject(new Error('Closed')) : super.start(config);
    }

    protected override async _cleanUp(): Promise<void> {
        await super._cleanUp();
        this.#isClosed = true;
    }
}

export const shutdown: BrokenExecutors = [
    ['a start after cleanUp runs its build or rejects with a retryable error', RejectsForGoodAfterCleanUp],
    ['cleanUp resolves after a start', CleanUpRejectsWhileABuildRuns],
    ['the process can exit after a start and cleanUp', WatchesABuildUntilItIsStopped],
    ['the process can exit after startTimer and cleanUp', KeepsTimersThroughCleanUp],
    ['cleanUp leaves no listeners on process', ListensForSignals],
    ['a start after cleanUp settles', NeverAnswersAfterCleanUp, { observe: {} }]
];
