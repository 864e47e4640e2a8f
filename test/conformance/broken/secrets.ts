import Executor from 'screwdriver-executor-base';
import { MemoryExecutor } from 'screwdriver-executor-base/testing';
import { down, everythingOn } from '../kit';
import type { BrokenExecutors } from './broken-executor';

class ErrorsHoldTheConfig extends MemoryExecutor {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        return super._start(config).catch((error: Error) => {
            throw Object.assign(error, { request: { deep: { down: { below: { config } } } } });
        });
    }
}

class ErrorsShowAPartOfTheToken extends MemoryExecutor {
    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        return super._start(config).catch((error: Error) => {
            throw Object.assign(error, { hint: config.token.slice(-12) });
        });
    }
}

class ValidationQuotesTheConfig extends MemoryExecutor {
    override stop(config: Executor.StopConfig): Promise<any> {
        return super.stop(config).catch((error: Error) => {
            throw Object.assign(error, { message: `${error.message} in ${JSON.stringify(config)}` });
        });
    }
}

class StatusDumpsTheBuild extends MemoryExecutor {
    protected override async _status(config: Executor.StatusConfig): Promise<string> {
        const text = await super._status(config);

        return `${text}: ${JSON.stringify(this.engine.builds.get(String(config.buildId))?.env)}`;
    }
}

class PassesTheTokenAsAnArgument extends MemoryExecutor {
    protected override async _start(config: Executor.StartConfig): Promise<boolean> {
        const started = await super._start(config);
        const build = this.engine.builds.get(String(config.buildId))!;
        const { shellLine } = Executor.launch({ ...config, token: build.env.SD_TOKEN! }, '/opt/sd');

        this.engine.builds.set(build.id, { ...build, args: ['-c', shellLine] });

        return started;
    }
}

class LogsTheConfig extends MemoryExecutor {
    readonly lines: string[] = [];

    protected override _start(config: Executor.StartConfig): Promise<boolean> {
        this.lines.push(`Starting ${JSON.stringify(config)}`);

        return super._start(config);
    }
}

const REFUSED = 'the error of a refused exchange does not show the token';

export const secrets: BrokenExecutors = [
    [REFUSED, ErrorsHoldTheConfig],
    [REFUSED, ErrorsShowAPartOfTheToken],
    ['a ValidationError does not show the token', ValidationQuotesTheConfig],
    ['status and verify do not show the token', StatusDumpsTheBuild],
    [
        'the error does not show the token when the engine is down',
        MemoryExecutor,
        { engineDown: () => down(ErrorsHoldTheConfig) }
    ],
    ['the arguments that the engine gets do not show the token', PassesTheTokenAsAnArgument],
    [
        'the log does not show the token',
        LogsTheConfig,
        {
            observe: {
                ...everythingOn(LogsTheConfig).observe,
                logs: executor => (executor as LogsTheConfig).lines
            }
        }
    ]
];
