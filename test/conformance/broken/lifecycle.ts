import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import type Executor from 'screwdriver-executor-base';
import { ALL_IGNORED } from '../kit';
import { WithOwnBuilds, type BrokenExecutors } from './broken-executor';

class NamesContainersAfterTheJob extends MemoryExecutor {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        const isName = /^[\w.-]+$/.test(config.jobName ?? '');

        return isName ? super._start(config) : Promise.reject(new Error(`Invalid container name: ${config.jobName}`));
    }
}

class ReadsTheBuildModel extends MemoryExecutor {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        const { sha } = config.build as { sha: string };

        return super._start({ ...config, sha });
    }
}

class KeysBuildsByTheRawId extends MemoryExecutor {
    readonly #ids = new Set<unknown>();

    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        this.#ids.add(config.buildId);

        return super._start(config);
    }

    protected override async _status(config: Executor.StatusConfig): Promise<string> {
        await super._status(config);

        return this.#ids.has(config.buildId) ? 'running' : 'not found';
    }
}

class VerifyReportsProgress extends MemoryExecutor {
    protected override async _verify(config: Executor.VerifyConfig): Promise<string> {
        return (await super._verify(config)) || 'Pulling the image';
    }
}

class StatusOfOwnBuildsIsANumber extends WithOwnBuilds {
    protected override async _status(config: Executor.StatusConfig): Promise<any> {
        const text = await super._status(config);

        return this.isOwn(config.buildId) ? 1 : text;
    }
}

class StopRejectsForWhatRuns extends MemoryExecutor {
    protected override async _stop(config: Executor.StopConfig): Promise<void> {
        const runs = this.engine.builds.has(String(config.buildId));

        await super._stop(config);
        if (runs) throw new Error('The build ended with exit code 143');
    }
}

class StatusOfAnUnknownBuildIsUndefined extends MemoryExecutor {
    protected override async _status(config: Executor.StatusConfig): Promise<any> {
        const text = await super._status(config);

        return text === 'running' ? text : undefined;
    }
}

class VerifyOfAnUnknownBuildIsUndefined extends WithOwnBuilds {
    protected override async _verify(config: Executor.VerifyConfig): Promise<any> {
        const text = await super._verify(config);

        return this.isOwn(config.buildId) || this.isRunning(config.buildId) ? text : undefined;
    }
}

class StartTimerNeedsAnApiUri extends MemoryExecutor {
    protected override _startTimer(config: Executor.TimerConfig): void {
        new URL(config.apiUri as string);
        super._startTimer(config);
    }
}

class StopTimerRejectsForATimer extends MemoryExecutor {
    readonly #timed = new Set<unknown>();

    protected override _startTimer(config: Executor.TimerConfig): void {
        this.#timed.add(config.buildId);
        super._startTimer(config);
    }

    protected override _stopTimer(config: Executor.TimerConfig): void {
        super._stopTimer(config);
        if (this.#timed.has(config.buildId)) throw new Error('The timer was stopped');
    }
}

class PretendsToRun extends WithOwnBuilds {
    protected override async _start(config: Executor.StartConfig): Promise<boolean> {
        await super._start(config);

        return this.engine.builds.delete(String(config.buildId));
    }

    protected override _stop(config: Executor.StopConfig): Promise<void> {
        this.own.delete(String(config.buildId));

        return super._stop(config);
    }

    protected override async _verify(config: Executor.VerifyConfig): Promise<string> {
        return this.isOwn(config.buildId) ? '' : super._verify(config);
    }
}

class LeavesASidecar extends WithOwnBuilds {
    protected override async _start(config: Executor.StartConfig): Promise<boolean> {
        const started = await super._start(config);
        const id = String(config.buildId);

        this.engine.builds.set(`${id}-sidecar`, this.engine.builds.get(id)!);

        return started;
    }

    protected override async _stop(config: Executor.StopConfig): Promise<void> {
        await super._stop(config);
        if (!this.isOwn(config.buildId)) this.engine.builds.delete(`${config.buildId}-sidecar`);
    }
}

class VerifyOfAnEndedBuildIsASuccess extends WithOwnBuilds {
    protected override async _verify(config: Executor.VerifyConfig): Promise<string> {
        const text = await super._verify(config);

        return this.isOwn(config.buildId) ? '' : text;
    }
}

export const lifecycle: BrokenExecutors = [
    ['start accepts a build of a pull request', NamesContainersAfterTheJob],
    ['start accepts a config that was serialized as JSON', ReadsTheBuildModel],
    ['a numeric buildId and the same id as a string are one build', KeysBuildsByTheRawId],
    ['verify does not fail a running build', VerifyReportsProgress],
    ['status describes a started build', StatusOfOwnBuildsIsANumber],
    ['stop of a running build resolves', StopRejectsForWhatRuns],
    ['status of an unknown build resolves with a string or rejects with an Error', StatusOfAnUnknownBuildIsUndefined],
    ['verify of an unknown build resolves with a string or rejects with an Error', VerifyOfAnUnknownBuildIsUndefined],
    ['startTimer accepts the config of the API, which has no apiUri', StartTimerNeedsAnApiUri],
    ['stopTimer of a running timer resolves', StopTimerRejectsForATimer],
    ['a started build runs on the engine', PretendsToRun, { annotations: ALL_IGNORED }],
    ['a stopped build leaves nothing running on the engine', LeavesASidecar],
    ['verify does not report success for a build that is gone', VerifyOfAnEndedBuildIsASuccess]
];
