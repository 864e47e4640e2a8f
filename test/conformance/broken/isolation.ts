import type Executor from 'screwdriver-executor-base';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { WithOwnBuilds, WithStarting, type BrokenExecutors } from './broken-executor';

class StartsOneBuildAtATime extends WithStarting {
    override start(config: Executor.StartConfig): Promise<any> {
        return this.starting.size > 0 ? Promise.reject(new Error('Busy')) : super.start(config);
    }
}

class StopSelectsByTheBeginningOfTheId extends MemoryExecutor {
    protected override async _stop(config: Executor.StopConfig): Promise<void> {
        await super._stop(config);
        for (const id of this.engine.builds.keys()) {
            if (id.startsWith(String(config.buildId))) this.engine.builds.delete(id);
        }
    }
}

/** Its answers come from its memory. */
class StopEndsOtherBuildsSilently extends MemoryExecutor {
    readonly #lost = new Set<string>();

    protected override async _stop(config: Executor.StopConfig): Promise<void> {
        await super._stop(config);
        for (const id of this.engine.builds.keys()) {
            if (!id.startsWith(String(config.buildId))) continue;
            this.engine.builds.delete(id);
            this.#lost.add(id);
        }
    }

    protected override _verify(config: Executor.VerifyConfig): Promise<string> {
        return this.#lost.has(String(config.buildId)) ? Promise.resolve('') : super._verify(config);
    }

    protected override _status(config: Executor.StatusConfig): Promise<string> {
        return this.#lost.has(String(config.buildId)) ? Promise.resolve('running') : super._status(config);
    }
}

class StatusOfTheBuildsOfOthersIsUndefined extends WithOwnBuilds {
    protected override async _status(config: Executor.StatusConfig): Promise<any> {
        const text = await super._status(config);

        return this.isRunning(config.buildId) && !this.isOwn(config.buildId) ? undefined : text;
    }
}

class StopsItsOwnBuildsAlone extends WithOwnBuilds {
    protected override async _stop(config: Executor.StopConfig): Promise<void> {
        if (this.isOwn(config.buildId)) await super._stop(config);
    }
}

class SecondInstanceRejectsAStart extends WithOwnBuilds {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        const isOfAnother = this.isRunning(config.buildId) && !this.isOwn(config.buildId);

        return isOfAnother ? Promise.reject(new Error('Started')) : super._start(config);
    }
}

export const isolation: BrokenExecutors = [
    [
        'a second instance resolves a start of a running build, creates nothing, and leaves the build alone',
        SecondInstanceRejectsAStart
    ],
    ['builds can start concurrently', StartsOneBuildAtATime],
    ['stop of one build does not affect the others', StopSelectsByTheBeginningOfTheId],
    ['stop of one build does not affect the others', StopEndsOtherBuildsSilently],
    [
        'a second instance finds a build that the first one started, or says that it cannot',
        StatusOfTheBuildsOfOthersIsUndefined
    ],
    ['a second instance stops a build that the first one started, or says that it cannot', StopsItsOwnBuildsAlone]
];
