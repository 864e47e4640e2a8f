import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { UNSUPPORTED } from '../../../dist/conformance/support';
import type Executor from 'screwdriver-executor-base';
import type { BrokenExecutor, BrokenExecutors } from './broken-executor';

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

class UnzipArtifactsDoesNothing extends MemoryExecutor {
    override unzipArtifacts(): Promise<any> {
        return Promise.resolve();
    }
}

class StopPeriodicHasAnotherText extends MemoryExecutor {
    override stopPeriodic(): Promise<any> {
        return Promise.reject(new Error('Not implemented!'));
    }
}

class StopFrozenRejectsWithAText extends MemoryExecutor {
    override stopFrozen(): Promise<any> {
        return Promise.reject('Not implemented');
    }
}

/** An executor that denies an operation that it has. */
function denies(operation: keyof typeof UNSUPPORTED): typeof MemoryExecutor {
    class Denies extends MemoryExecutor {
        override supports(asked: Executor.Operation): boolean {
            return asked !== operation && super.supports(asked);
        }
    }
    Object.defineProperty(Denies, 'name', { value: `Denies its ${operation}` });
    Object.defineProperty(Denies.prototype, `_${operation}`, { value: () => '' });

    return Denies;
}

function refuses(operation: string): string {
    return `${operation} is supported, or rejects with "Not implemented"`;
}

function ignores(operation: string): string {
    return `${operation} is supported, or resolves with undefined`;
}

export const support: BrokenExecutors = [
    ['supports returns true for start and stop', DeniesItsStop],
    ['supports returns false for an unknown operation', SupportsEverything],
    [refuses('unzipArtifacts'), UnzipArtifactsDoesNothing],
    [refuses('stopPeriodic'), StopPeriodicHasAnotherText],
    [refuses('stopFrozen'), StopFrozenRejectsWithAText],
    ...(Object.keys(UNSUPPORTED) as Array<keyof typeof UNSUPPORTED>).map(
        operation =>
            [(UNSUPPORTED[operation] === 'rejects' ? refuses : ignores)(operation), denies(operation)] as BrokenExecutor
    )
];
