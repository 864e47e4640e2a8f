import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import type Executor from 'screwdriver-executor-base';
import type { BrokenExecutors } from './broken-executor';

class DeniesItsStop extends MemoryExecutor {
    override supports(operation: Executor.Operation): boolean {
        return operation !== 'stop' && super.supports(operation);
    }
}

class SupportsEverything extends MemoryExecutor {
    override supports(): boolean {
        return true;
    }
}

class DeniesItsStatus extends MemoryExecutor {
    override supports(operation: Executor.Operation): boolean {
        return operation !== 'status' && super.supports(operation);
    }
}

class DeniesItsVerify extends MemoryExecutor {
    override supports(operation: Executor.Operation): boolean {
        return operation !== 'verify' && super.supports(operation);
    }
}

class DeniesItsStartTimer extends MemoryExecutor {
    override supports(operation: Executor.Operation): boolean {
        return operation !== 'startTimer' && super.supports(operation);
    }

    protected override _startTimer(config: Executor.TimerConfig): any {
        super._startTimer(config);

        return 'started';
    }
}

class DeniesItsStopTimer extends MemoryExecutor {
    override supports(operation: Executor.Operation): boolean {
        return operation !== 'stopTimer' && super.supports(operation);
    }

    protected override _stopTimer(config: Executor.TimerConfig): any {
        super._stopTimer(config);

        return 'stopped';
    }
}

class StartPeriodicDoesNothing extends MemoryExecutor {
    override startPeriodic(): Promise<any> {
        return Promise.resolve();
    }
}

class StopPeriodicHasAnotherText extends MemoryExecutor {
    override stopPeriodic(): Promise<any> {
        return Promise.reject(new Error('Not implemented!'));
    }
}

class StartFrozenDoesNothing extends MemoryExecutor {
    override startFrozen(): Promise<any> {
        return Promise.resolve(null);
    }
}

class StopFrozenRejectsWithAText extends MemoryExecutor {
    override stopFrozen(): Promise<any> {
        return Promise.reject('Not implemented');
    }
}

class UnzipArtifactsDoesNothing extends MemoryExecutor {
    override unzipArtifacts(): Promise<any> {
        return Promise.resolve();
    }
}

class EnqueueWebhookDoesNothing extends MemoryExecutor {
    override enqueueWebhook(): Promise<any> {
        return Promise.resolve(null);
    }
}

function refuses(operation: string): string {
    return `${operation} is supported, or rejects "Not implemented"`;
}

export const support: BrokenExecutors = [
    ['supports says that start and stop are supported', DeniesItsStop],
    ['supports says no to what is no operation', SupportsEverything],
    [refuses('status'), DeniesItsStatus],
    [refuses('startPeriodic'), StartPeriodicDoesNothing],
    [refuses('stopPeriodic'), StopPeriodicHasAnotherText],
    [refuses('startFrozen'), StartFrozenDoesNothing],
    [refuses('stopFrozen'), StopFrozenRejectsWithAText],
    [refuses('unzipArtifacts'), UnzipArtifactsDoesNothing],
    [refuses('enqueueWebhook'), EnqueueWebhookDoesNothing],
    ['verify is supported, or resolves undefined', DeniesItsVerify],
    ['startTimer is supported, or resolves undefined', DeniesItsStartTimer],
    ['stopTimer is supported, or resolves undefined', DeniesItsStopTimer]
];
