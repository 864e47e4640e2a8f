import Executor, { ExecutorError, launch, type StartConfig, type StopConfig } from 'screwdriver-executor-base';

class Engine extends Executor<{ host: string }, string> {
    protected override _start(config: StartConfig): Promise<string> {
        return Promise.resolve(launch({ ...config, token: 'build-token' }, '/opt/sd').command);
    }

    protected override _stop(config: StopConfig): Promise<void> {
        return Promise.reject(
            new ExecutorError(`${config.buildId} is not there`, { code: 'ENGINE_GONE', retryable: true })
        );
    }

    override stats(): { breaker: { isClosed: boolean } } {
        return { breaker: { isClosed: true } };
    }
}

export const engine = new Engine({ host: 'engine.example' });
export const base: Executor = engine;
export const started: Promise<string | false> = engine.start({ buildId: 1, container: 'a', apiUri: 'b', token: 'c' });
