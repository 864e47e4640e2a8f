// What must not compile: an expectation that is not met is an error as well.
import Executor = require('screwdriver-executor-base');
import type { StartConfig } from 'screwdriver-executor-base';

declare const config: StartConfig;

// @ts-expect-error the class is abstract
new Executor();

// @ts-expect-error _stop is missing
class Half extends Executor {
    protected override _start(): void {}
}

class Engine extends Executor<{ host: string }> {
    protected override _start(): unknown {
        // @ts-expect-error no such option
        return this.config.port;
    }

    protected override _stop(): void {}

    // @ts-expect-error a hook gets what its operation is called with
    protected override _verify(given: { image: string }): unknown {
        return given;
    }

    // @ts-expect-error override must be said, under noImplicitOverride
    protected _status(): void {}

    // @ts-expect-error an operation resolves, it does not return
    override stop(): string {
        return '';
    }
}

const engine = new Engine({ host: 'engine.example' });

// @ts-expect-error hooks are not for callers
engine._start(config);
// @ts-expect-error container, apiUri and token are missing
engine.start({ buildId: 1 });
// @ts-expect-error a build id is a number or a string
engine.stop({ ...config, buildId: true });
// @ts-expect-error a provider has no other keys
engine.start({ ...config, provider: { name: 'aws', other: 1 } });
// @ts-expect-error no such operation
engine.supports('restart');
// @ts-expect-error no such option of the engine
new Engine({ port: 1 });
// @ts-expect-error the mount point is missing
Executor.launch(config);
// @ts-expect-error no such kind
new Executor.ExecutorError('away', { kind: 'network' });
// @ts-expect-error no such option of the exchange
engine.exchangeTokenForBuild(config, 90, { retries: 3 });
// @ts-expect-error a type is no value
console.log(Executor.StartConfig);

export { Half };
