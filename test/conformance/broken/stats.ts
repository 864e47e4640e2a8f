import type Executor from 'screwdriver-executor-base';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import type { BrokenExecutors } from './broken-executor';

class AveragesOverNothing extends MemoryExecutor {
    override stats(): Executor.ExecutorStats {
        const { requests, ...rest } = super.stats();

        return { ...rest, requests: { ...requests!, averageTime: requests!.total === 0 ? NaN : 1 } };
    }
}

class HasAKeyOfItsOwn extends MemoryExecutor {
    override stats(): Executor.ExecutorStats {
        const stats = super.stats();

        return stats.requests?.total === 0 ? stats : Object.assign(stats, { lastBuild: 1 });
    }
}

const BEFORE = 'stats has the shape that the API accepts before the first build';
const AFTER = 'stats has the shape that the API accepts after a build';

export const stats: BrokenExecutors = [
    [BEFORE, AveragesOverNothing],
    [AFTER, HasAKeyOfItsOwn]
];
