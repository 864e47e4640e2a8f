import type Executor from 'screwdriver-executor-base';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { WithOwnBuilds, type BrokenExecutors } from './broken-executor';

class VerifyEndsWithoutAnAnswer extends WithOwnBuilds {
    protected override async _verify(config: Executor.VerifyConfig): Promise<any> {
        const text = await super._verify(config);

        return this.isOwn(config.buildId) && text === '' ? undefined : text;
    }
}

class StartRejectsWithAText extends MemoryExecutor {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        return super._start(config).catch((error: Error) => Promise.reject(error.message));
    }
}

class StartTimerReturnsNothing extends MemoryExecutor {
    override startTimer(config: Executor.TimerConfig): Promise<any> {
        this._startTimer(config);

        return undefined as unknown as Promise<any>;
    }
}

class VerifyThrows extends MemoryExecutor {
    override verify(config: Executor.VerifyConfig): Promise<any> {
        if (Object.keys(config).length === 0) throw new TypeError('An empty config');

        return super.verify(config);
    }
}

const PROMISE = 'every operation returns a promise, even for an invalid config';

export const results: BrokenExecutors = [
    ['a supported verify resolves with a string', VerifyEndsWithoutAnAnswer],
    ['start settles when the API refuses the token, and any rejection is an Error', StartRejectsWithAText],
    [PROMISE, StartTimerReturnsNothing],
    [PROMISE, VerifyThrows]
];
