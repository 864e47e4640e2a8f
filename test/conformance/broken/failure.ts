import Executor from 'screwdriver-executor-base';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { down, slow } from '../kit';
import type { BrokenExecutors } from './broken-executor';

class StartRejectsUnclassified extends MemoryExecutor {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        return super._start(config).catch((error: Error) => {
            throw Object.assign(new Error(error.message), { userMessage: 'Start the build again.' });
        });
    }
}

class StartLosesItsClassificationInJson extends MemoryExecutor {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        return super._start(config).catch((error: Error) => {
            throw Object.assign(error, { toJSON: () => ({ text: error.message }) });
        });
    }
}

class StartTellsTheOwnerNothing extends MemoryExecutor {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        return super._start(config).catch(() => {
            throw new Executor.ExecutorError('connect ECONNREFUSED', {
                code: 'EXAMPLE_DOWN',
                kind: 'engine',
                retryable: true
            });
        });
    }
}

class StartCallsItInternal extends MemoryExecutor {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        return super._start(config).catch((cause: Error) => {
            const options = { code: 'EXAMPLE', retryable: true, userMessage: 'Start the build again.', cause };

            throw new Executor.ExecutorError('The engine cannot be reached', options);
        });
    }
}

class StartCallsItFinal extends MemoryExecutor {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        return super._start(config).catch((error: Executor.ExecutorError) => {
            const { code, kind, userMessage } = error;

            throw new Executor.ExecutorError(error.message, { code, kind, userMessage });
        });
    }
}

class StartCallsItCapacity extends MemoryExecutor {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        return super._start(config).catch((error: Executor.ExecutorError) => {
            throw new Executor.ExecutorError(error.message, { ...error.toJSON(), kind: 'capacity' });
        });
    }
}

class StartSwallowsErrors extends MemoryExecutor {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        return super._start(config).catch(() => true);
    }
}

class VerifySwallowsErrors extends MemoryExecutor {
    protected override _verify(config: Executor.VerifyConfig): Promise<string> {
        return super._verify(config).catch(() => '');
    }
}

class StatusSwallowsErrors extends MemoryExecutor {
    protected override _status(config: Executor.StatusConfig): Promise<any> {
        return super._status(config).catch(() => undefined);
    }
}

class StopSwallowsErrors extends MemoryExecutor {
    protected override _stop(config: Executor.StopConfig): Promise<void> {
        return super._stop(config).catch(() => {});
    }
}

class CleanUpAsksTheEngine extends MemoryExecutor {
    protected override async _cleanUp(): Promise<void> {
        await super._cleanUp();
        await super._status({ buildId: 1 });
    }
}

class StopWaitsForEver extends MemoryExecutor {
    protected override _stop(): Promise<void> {
        return new Promise(() => {});
    }
}

class VerifyWaitsForEver extends MemoryExecutor {
    protected override _verify(): Promise<string> {
        return new Promise(() => {});
    }
}

class StatusWaitsForEver extends MemoryExecutor {
    protected override _status(): Promise<string> {
        return new Promise(() => {});
    }
}

const UNCLASSIFIED = 'the Error of start for a refused token is classified';
const DOWN = 'start rejects with a classified Error when the engine is down';
const SLOW = 'start rejects with a classified Error in time when the engine does not answer';

export const failure: BrokenExecutors = [
    [UNCLASSIFIED, StartRejectsUnclassified],
    [UNCLASSIFIED, StartLosesItsClassificationInJson],
    ["the Error of start for a refused token tells the build's owner what to do", StartTellsTheOwnerNothing],
    [DOWN, MemoryExecutor, { engineDown: () => down(StartRejectsUnclassified) }],
    [DOWN, MemoryExecutor, { engineDown: () => down(StartLosesItsClassificationInJson) }],
    [DOWN, MemoryExecutor, { engineDown: () => down(StartCallsItInternal) }],
    [DOWN, MemoryExecutor, { engineDown: () => down(StartCallsItFinal) }],
    [DOWN, MemoryExecutor, { engineDown: () => down(StartSwallowsErrors) }],
    [
        "start tells the build's owner what to do when the engine is down",
        MemoryExecutor,
        { engineDown: () => down(StartTellsTheOwnerNothing) }
    ],
    [
        'verify does not report success when the engine is down',
        MemoryExecutor,
        { engineDown: () => down(VerifySwallowsErrors) }
    ],
    [
        'status rejects with an Error, or says that the engine is down',
        MemoryExecutor,
        { engineDown: () => down(StatusSwallowsErrors) }
    ],
    [
        'stop rejects with an Error when the engine is down',
        MemoryExecutor,
        { engineDown: () => down(StopSwallowsErrors) }
    ],
    ['cleanUp resolves when the engine is down', MemoryExecutor, { engineDown: () => down(CleanUpAsksTheEngine) }],
    [SLOW, MemoryExecutor, { engineSlow: () => slow(StartRejectsUnclassified) }],
    [SLOW, MemoryExecutor, { engineSlow: () => slow(StartCallsItCapacity) }],
    [SLOW, MemoryExecutor, { engineSlow: () => slow(StartCallsItFinal) }],
    [SLOW, MemoryExecutor, { engineSlow: () => slow(StartSwallowsErrors) }],
    [
        'stop settles in time when the engine does not answer',
        MemoryExecutor,
        { engineSlow: () => slow(StopWaitsForEver) }
    ],
    [
        'verify settles in time when the engine does not answer',
        MemoryExecutor,
        { engineSlow: () => slow(VerifyWaitsForEver) }
    ],
    [
        'status settles in time when the engine does not answer',
        MemoryExecutor,
        { engineSlow: () => slow(StatusWaitsForEver) }
    ],
    [
        'cleanUp resolves in time when the engine does not answer',
        MemoryExecutor,
        { engineSlow: () => slow(CleanUpAsksTheEngine) }
    ]
];
