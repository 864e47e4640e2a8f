import { setImmediate as nextTurn } from 'node:timers/promises';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import type Executor from 'screwdriver-executor-base';
import { WithOwnBuilds, WithStarting, WithStopping, type BrokenExecutors } from './broken-executor';

class StopTwiceRejects extends MemoryExecutor {
    readonly #stopped = new Set<unknown>();

    protected override async _stop(config: Executor.StopConfig): Promise<void> {
        await super._stop(config);
        if (this.#stopped.has(config.buildId)) throw new Error('No such container');
        this.#stopped.add(config.buildId);
    }
}

class StopOfAnUnknownBuildRejects extends WithOwnBuilds {
    override start(config: Executor.StartConfig): Promise<any> {
        this.own.add(String(config.buildId));

        return super.start(config);
    }

    protected override async _stop(config: Executor.StopConfig): Promise<void> {
        const isKnown = this.isOwn(config.buildId) || this.isRunning(config.buildId);

        await super._stop(config);
        if (!isKnown) throw new Error('No such container');
    }
}

class StopTimerWithoutATimerRejects extends MemoryExecutor {
    readonly #timed = new Set<unknown>();

    protected override _startTimer(config: Executor.TimerConfig): void {
        this.#timed.add(config.buildId);
        super._startTimer(config);
    }

    protected override _stopTimer(config: Executor.TimerConfig): void {
        super._stopTimer(config);
        if (!this.#timed.has(config.buildId)) throw new Error('No such timer');
    }
}

class CleanUpTwiceRejects extends MemoryExecutor {
    #isClosed = false;

    protected override async _cleanUp(): Promise<void> {
        await super._cleanUp();
        if (this.#isClosed) throw new Error('Closed already');
        this.#isClosed = true;
    }
}

class StopRejectsWhileStarting extends WithStarting {
    override async stop(config: Executor.StopConfig): Promise<any> {
        const isStarting = this.starting.has(String(config.buildId));

        await super.stop(config);
        if (isStarting) throw new Error('The build is starting');
    }
}

class CleanUpRejectsWhileStarting extends WithStarting {
    protected override async _cleanUp(): Promise<void> {
        // The hook of a start that has just been called has not run yet.
        await nextTurn();
        const { size } = this.starting;

        await super._cleanUp();
        if (size > 0) throw new Error('A build is starting');
    }
}

class SecondStartShowsTheToken extends WithOwnBuilds {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        const isKnown = this.isOwn(config.buildId);

        return isKnown ? Promise.reject(new Error(`Started: ${JSON.stringify(config)}`)) : super._start(config);
    }
}

class SecondStartRejectsWithAText extends WithOwnBuilds {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        return this.isOwn(config.buildId) ? Promise.reject('Started') : super._start(config);
    }
}

class SecondStartRejects extends WithOwnBuilds {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        return this.isOwn(config.buildId) ? Promise.reject(new Error('Started')) : super._start(config);
    }
}

class RunsABuildTwice extends WithOwnBuilds {
    override async start(config: Executor.StartConfig): Promise<any> {
        const id = String(config.buildId);
        const isSecond = this.isOwn(id);

        this.own.add(id);
        const started: unknown = await super.start(config);

        if (isSecond && this.isRunning(id)) this.engine.builds.set(`${id}-2`, this.engine.builds.get(id)!);

        return started;
    }

    protected override async _stop(config: Executor.StopConfig): Promise<void> {
        await super._stop(config);
        this.engine.builds.delete(`${config.buildId}-2`);
    }
}

class StopMissesWhatIsStarting extends WithStarting {
    override async stop(config: Executor.StopConfig): Promise<any> {
        if (!this.starting.has(String(config.buildId))) await super.stop(config);
    }
}

class SaysThatItRunsBesideAStop extends WithStopping {
    override start(config: Executor.StartConfig): Promise<any> {
        return this.stopping.has(String(config.buildId)) ? Promise.resolve(true) : super.start(config);
    }
}

class SecondStopRejectsBesideTheFirst extends WithStopping {
    override stop(config: Executor.StopConfig): Promise<any> {
        const isStopping = this.stopping.has(String(config.buildId));

        return isStopping ? Promise.reject(new Error('The build is being stopped')) : super.stop(config);
    }
}

export const idempotency: BrokenExecutors = [
    ['a start during a stop leaves the build in the state that it reports', SaysThatItRunsBesideAStop],
    ['concurrent stops all resolve', SecondStopRejectsBesideTheFirst],
    ['stop of a stopped build resolves', StopTwiceRejects],
    ['stop of an unknown build resolves', StopOfAnUnknownBuildRejects],
    ['stopTimer of a build without a timer resolves', StopTimerWithoutATimerRejects],
    ['cleanUp can be called twice', CleanUpTwiceRejects],
    ['a stop during a start resolves, and the start settles', StopRejectsWhileStarting],
    ['cleanUp during a start resolves, and the start settles', CleanUpRejectsWhileStarting],
    [
        'a second start rejects with an Error that does not show the token',
        SecondStartShowsTheToken,
        { duplicateStart: 'rejects' }
    ],
    [
        'a second start rejects with an Error that does not show the token',
        SecondStartRejectsWithAText,
        { duplicateStart: 'rejects' }
    ],
    [
        'a second start rejects with an Error that does not show the token',
        MemoryExecutor,
        { duplicateStart: 'rejects' }
    ],
    ['a second start joins the first', SecondStartRejects],
    ['a build that is started twice concurrently runs once', RunsABuildTwice],
    ['a stop during a start leaves nothing running', StopMissesWhatIsStarting]
];
