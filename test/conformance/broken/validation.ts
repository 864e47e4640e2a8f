import type Executor from 'screwdriver-executor-base';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import type { BrokenExecutors } from './broken-executor';

class StartSkipsValidation extends MemoryExecutor {
    override start(config: Executor.StartConfig): Promise<any> {
        return config.buildId ? super.start(config) : Promise.resolve().then(() => this._start(config));
    }
}

class StopSkipsValidation extends MemoryExecutor {
    override stop(config: Executor.StopConfig): Promise<any> {
        return config.buildId ? super.stop(config) : Promise.resolve().then(() => this._stop(config));
    }
}

class VerifySkipsValidation extends MemoryExecutor {
    override verify(config: Executor.VerifyConfig): Promise<any> {
        return Promise.resolve().then(() => this._verify(config));
    }
}

class StatusRejectsWithAnErrorOfItsOwn extends MemoryExecutor {
    override status(config: Executor.StatusConfig): Promise<any> {
        return config.buildId ? super.status(config) : Promise.reject(new Error('Which build?'));
    }
}

class StartCopiesItsConfig extends MemoryExecutor {
    override start(config: Executor.StartConfig): Promise<any> {
        return super.start({ ...config });
    }
}

class StopCopiesItsConfig extends MemoryExecutor {
    override stop(config: Executor.StopConfig): Promise<any> {
        return super.stop({ ...config });
    }
}

class VerifyCallsItsHookTwice extends MemoryExecutor {
    override async verify(config: Executor.VerifyConfig): Promise<any> {
        await super.verify(config);

        return super.verify(config);
    }
}

class StatusCopiesItsConfig extends MemoryExecutor {
    override status(config: Executor.StatusConfig): Promise<any> {
        return super.status({ ...config });
    }
}

class StartChangesItsConfig extends MemoryExecutor {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        config.container = config.container.toUpperCase();

        return super._start(config);
    }
}

class StopChangesItsConfig extends MemoryExecutor {
    protected override _stop(config: Executor.StopConfig): Promise<void> {
        delete config.annotations;

        return super._stop(config);
    }
}

class VerifyChangesItsConfig extends MemoryExecutor {
    protected override _verify(config: Executor.VerifyConfig): Promise<string> {
        Object.assign(config.annotations ?? {}, { verified: true });

        return super._verify(config);
    }
}

class StatusChangesItsConfig extends MemoryExecutor {
    protected override _status(config: Executor.StatusConfig): Promise<string> {
        config.asked = true;

        return super._status(config);
    }
}

function sees(operation: string): string {
    return `${operation} rejects a config without a buildId and does not call its hook`;
}

export const validation: BrokenExecutors = [
    [sees('start'), StartSkipsValidation],
    [sees('stop'), StopSkipsValidation],
    [sees('verify'), VerifySkipsValidation],
    [sees('status'), StatusRejectsWithAnErrorOfItsOwn],
    ['start passes the same config object to its hook', StartCopiesItsConfig],
    ['stop passes the same config object to its hook', StopCopiesItsConfig],
    ['verify passes the same config object to its hook', VerifyCallsItsHookTwice],
    ['status passes the same config object to its hook', StatusCopiesItsConfig],
    ['start does not change its config', StartChangesItsConfig],
    ['stop does not change its config', StopChangesItsConfig],
    ['verify does not change its config', VerifyChangesItsConfig],
    ['status does not change its config', StatusChangesItsConfig]
];
