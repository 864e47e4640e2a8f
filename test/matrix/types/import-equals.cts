import Executor = require('screwdriver-executor-base');

class Engine extends Executor<{ host: string }> {
    protected override async _start(config: Executor.StartConfig): Promise<string> {
        return this.exchangeTokenForBuild(config.token, Executor.buildTimeoutFrom(config.annotations));
    }

    protected override async _stop(config: Executor.StopConfig): Promise<void> {
        if (Number.isNaN(Number(config.buildId))) throw new Executor.ExecutorError('no number', { kind: 'internal' });
    }
}

export const engine: Executor = new Engine({ host: 'engine.example' });
