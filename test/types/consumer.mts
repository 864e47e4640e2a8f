import Executor, { buildTimeoutFrom, ExecutorError, launch, type StartConfig } from 'screwdriver-executor-base';
import { startTokenApi } from 'screwdriver-executor-base/testing';
import type { ExchangeOptions, Launch, StopConfig } from 'screwdriver-executor-base';

class Engine extends Executor<{ host: string }, string> {
    protected override async _start(config: StartConfig): Promise<string> {
        const options: ExchangeOptions = { attempts: 2, signal: AbortSignal.timeout(1000) };

        return this.exchangeTokenForBuild(config.token, this.config.host.length, options);
    }

    protected override async _stop(_config: StopConfig): Promise<void> {}
}

const engine: Executor = new Engine({ host: 'engine.example' });
const config: Executor.ExchangeConfig = { token: 'a.b.c', apiUri: 'http://127.0.0.1', buildId: 1 };
const line: Launch = launch(config, '/opt/sd');
const error: Error = new ExecutorError('away', { cause: line });
const started: string | false = await engineOf('engine.example').start({ ...config, container: 'node:20' });
const minutes: number = Executor.buildTimeoutFrom(null) + buildTimeoutFrom(undefined);

function engineOf(host: string): Engine {
    return new Engine({ host });
}

export const all = [engine, started, error, minutes, startTokenApi];
