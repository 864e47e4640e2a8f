import Executor, { type StartConfig } from 'screwdriver-executor-base';

class WithoutStop extends Executor {
    protected override _start(config: StartConfig): Promise<number> {
        return Promise.resolve(config.container);
    }
}

export const engine = new WithoutStop();
