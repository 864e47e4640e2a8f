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

class Engine extends Executor<{ host: string }, boolean> {
    protected override _start(given: StartConfig): boolean {
        // @ts-expect-error no such annotation
        console.log(this.parseAnnotations(given.annotations).cpus);
        // @ts-expect-error what a user has written may be anything
        console.log(this.parseAnnotations(given.annotations).cpu.length);

        // @ts-expect-error no such option
        return this.config.port;
    }

    protected override _stop(): void {}

    // @ts-expect-error a hook gets what its operation is called with
    protected override _verify(given: { image: string }): string {
        return given.image;
    }

    // @ts-expect-error override must be said, under noImplicitOverride
    protected _status(): void {}

    // @ts-expect-error an operation resolves, it does not return
    override stop(): string {
        return '';
    }
}

/** Hooks that answer what their contract does not know. */
class Wrong extends Executor<unknown, boolean> {
    // @ts-expect-error a boolean was said
    protected override _start(): Promise<string> {
        return Promise.resolve('');
    }

    protected override _stop(): void {}

    // @ts-expect-error verify has a text, or nothing to say
    protected override async _verify(): Promise<number> {
        return 42;
    }

    // @ts-expect-error status has a text
    protected override _status(): undefined {}
}

const engine = new Engine({ host: 'engine.example' });

export async function misread(): Promise<void> {
    // @ts-expect-error what start resolves with is a boolean here
    (await engine.start(config)).state;
    // @ts-expect-error nothing is known of what it resolves with
    (await new Wrong().stop(config)).trim();
    // @ts-expect-error verify may have nothing to say
    (await engine.verify(config)).trim();
    // @ts-expect-error a text has no such method
    (await engine.status(config)).trimm();
    // @ts-expect-error a string is not a boolean
    engine.status(config, (error, running?: boolean) => console.log(error, running));
    // @ts-expect-error nothing is known of what it resolves with
    engine.startTimer({ buildId: 1 }, (error, timer?: string) => console.log(error, timer));
}

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
// @ts-expect-error the engine's options are missing
new Engine();
// @ts-expect-error the port may be missing, the host may not
new Engine(undefined);
// @ts-expect-error the mount point is missing
Executor.launch(config);
// @ts-expect-error no such kind
new Executor.ExecutorError('away', { kind: 'network' });
// @ts-expect-error no such option of the exchange
engine.exchangeTokenForBuild(config, 90, { retries: 3 });
// @ts-expect-error a type is not a value
console.log(Executor.StartConfig);

export { Half };
