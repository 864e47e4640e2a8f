import type Executor from 'screwdriver-executor-base';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import type { BrokenExecutors } from './broken-executor';

class CleanUpRejectsWhileABuildRuns extends MemoryExecutor {
    protected override async _cleanUp(): Promise<void> {
        await super._cleanUp();
        if (this.engine.builds.size > 0) throw new Error('A build runs');
    }
}

class WatchesABuildUntilItIsStopped extends MemoryExecutor {
    readonly #watches = new Map<unknown, NodeJS.Timeout>();

    protected override async _start(config: Executor.StartConfig): Promise<boolean> {
        const started = await super._start(config);

        this.#watches.set(
            config.buildId,
            setInterval(() => {}, 1000)
        );
        // Then the check on timers sees the one that was started as an exception.
        return started;
    }

    protected override _startTimer(config: Executor.TimerConfig): void {
        super._startTimer(config);
        clearInterval(this.#watches.get(config.buildId));
    }

    protected override _stop(config: Executor.StopConfig): Promise<void> {
        clearInterval(this.#watches.get(config.buildId));

        return super._stop(config);
    }
}

class KeepsTimersThroughCleanUp extends MemoryExecutor {
    readonly #timers = new Map<unknown, NodeJS.Timeout>();

    protected override _startTimer({ buildId }: Executor.TimerConfig): void {
        this.#timers.set(
            buildId,
            setTimeout(() => {}, 60_000)
        );
    }

    protected override _stop(config: Executor.StopConfig): Promise<void> {
        clearTimeout(this.#timers.get(config.buildId));

        return super._stop(config);
    }
}

class ListensForSignals extends MemoryExecutor {
    readonly #onSignal = () => {};

    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        process.on('SIGUSR2', this.#onSignal);

        return super._start(config);
    }

    protected override _stop(config: Executor.StopConfig): Promise<void> {
        process.off('SIGUSR2', this.#onSignal);

        return super._stop(config);
    }
}

class NeverAnswersAfterCleanUp extends MemoryExecutor {
    #isClosed = false;

    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        return this.#isClosed ? new Promise(() => {}) : super._start(config);
    }

    protected override async _cleanUp(): Promise<void> {
        await super._cleanUp();
        this.#isClosed = true;
    }
}

export const shutdown: BrokenExecutors = [
    ['cleanUp resolves after a build was started', CleanUpRejectsWhileABuildRuns],
    ['the process can exit after cleanUp, with a build started', WatchesABuildUntilItIsStopped],
    ['the process can exit after cleanUp, with a timer started', KeepsTimersThroughCleanUp],
    ['no listener stays on process after cleanUp', ListensForSignals],
    ['a start after cleanUp settles', NeverAnswersAfterCleanUp]
];
