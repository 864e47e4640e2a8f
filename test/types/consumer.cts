import Executor = require('screwdriver-executor-base');
import {
    buildIdFrom,
    buildTimeoutFrom,
    ExecutorError,
    gracePeriodFrom,
    launch,
    limitsFrom
} from 'screwdriver-executor-base';
import type {
    ExecutorStats,
    HookContext,
    Operation,
    StartConfig,
    StartContext,
    StopConfig,
    VerifyContext
} from 'screwdriver-executor-base';
import { startTokenApi, type TokenApi } from 'screwdriver-executor-base/testing';

interface Options {
    host: string;
    port?: number;
}

const job: Executor.LaunchOptions = { jobTools: 'official', store: 'https://store.example', buildTimeout: '90' };
const told: string | undefined = Executor.OFFICIAL_LAUNCH.exitCodes[73];

/** Overrides hooks and methods, and narrows what they return. */
class Engine extends Executor<Options, boolean> {
    protected override async _start(config: StartConfig, { signal }: HookContext): Promise<boolean> {
        const annotations = this.parseAnnotations(config.annotations);
        const minutes: number = buildTimeoutFrom(config.annotations, { max: 120 });
        const token: string = await this.exchangeTokenForBuild(config, minutes, { signal });
        const { command, args, env } = launch({ ...config, token }, '/opt/sd', job);
        const all: string[] = [
            this.config.host,
            command,
            ...args,
            env.SD_TOKEN,
            told ?? '',
            String(annotations.cpu),
            typeof annotations.displayName === 'string' ? annotations.displayName : ''
        ];

        return all.length > 0;
    }

    // Neither asynchronous nor with its parameter: all of it is the engine's choice.
    protected override _stop(): void {}

    protected override _verify(): string | undefined {
        return undefined;
    }

    // A body that only throws.
    protected override _status(config: Executor.StatusConfig): never {
        throw new ExecutorError(`no ${config.buildId}`, { code: 'ENGINE_GONE', kind: 'engine', retryable: true });
    }

    override start(config: StartConfig): Promise<boolean> {
        return super.start(config);
    }

    override async stats(config: { token: string }): Promise<ExecutorStats> {
        return config.token ? { breaker: { isClosed: true } } : {};
    }
}

/** Its calls are in turn, and each hook has the context that is its own. */
class InTurn extends Executor {
    static override readonly callsInTurn: boolean = true;

    protected override _start(config: StartConfig, { signal, shutdownSignal, waitUntil }: StartContext): boolean {
        const { cpu } = limitsFrom(config.annotations, { cpu: { default: 1, words: { LOW: 2 } }, ram: { default: 2 } });

        waitUntil(Promise.resolve([buildIdFrom(config), cpu, shutdownSignal]));

        return signal.aborted;
    }

    protected override _stop({ annotations }: StopConfig, context: Executor.StopContext): void {
        context.waitUntil(Promise.resolve(gracePeriodFrom(annotations, { default: 60, max: 3_600 })));
    }

    protected override _verify(_config: StartConfig, { isStarting }: VerifyContext): string {
        return isStarting ? '' : 'not running';
    }

    protected override _cleanUp(): Promise<void> {
        return this.shutDown([], 20_000, 0);
    }
}

/** A subclass may switch it off again. */
export class OutOfTurn extends InTurn {
    static override readonly callsInTurn: boolean = false;
}

/** Nothing said of options: they are any. */
class Plain extends Executor {
    protected override _start(): unknown {
        return this.config.whatever.it.is;
    }

    protected override _stop(config: StopConfig): number | string {
        return config.buildId;
    }

    // Resolves undefined, as by default.
    protected override async _verify(): Promise<void> {}

    protected override _status(): PromiseLike<string> {
        return Promise.resolve('running');
    }
}

/** Options that may all be left out, or are undefined, need no argument. */
class Lenient extends Executor<Partial<Options>> {
    protected override _start(): Promise<string | null> {
        return Promise.resolve(null);
    }

    protected override _stop(): void {}
}

class Undecided extends Executor<Options | undefined, void> {
    protected override _start(): void {}

    protected override _stop(): never {
        throw new Error('no engine');
    }
}

/** Hands its options on, whatever they are. */
export abstract class Between<Given> extends Executor<Given, string> {
    constructor(options: Given) {
        super(options);
    }
}

/** Has a constructor of its own. */
class Own extends Plain {
    constructor(readonly host: string) {
        super();
    }
}

export async function use(engine: Engine, config: StartConfig): Promise<void> {
    const started: boolean = await engine.start(config);
    const nothing: undefined = await engine.cleanUp();
    const token: string = await engine.exchangeTokenForBuild(config.token);
    const answer: string | undefined = await engine.verify({ ...config, buildId: '12', extra: { key: 1 } });
    const state: string = await engine.status({ buildId: 12 });
    const operation: Operation = 'startTimer';
    const supported: boolean = engine.supports(operation) && Executor.OPERATIONS.every(name => engine.supports(name));
    const plain: Executor = new Plain();
    const withOptions: Executor<Options> = new Engine({ host: 'engine.example' });

    const withNone = [new Lenient(), new Lenient({ port: 1 }), new Undecided(), new Plain({ any: 1 }), new Own('here')];

    engine.stop({ buildId: 1, apiUri: 'http://127.0.0.1' }, (error: Error | null, result?: unknown) =>
        console.log(error, result)
    );
    plain.start(config, (error, result) => console.log(error?.message, result === true));
    engine.verify(config, (error, text) => console.log(error?.message, text?.trim()));
    engine.status({ buildId: 12 }, (error, text = '') => console.log(error?.message, text.trim()));
    plain.cleanUp(error => console.log(error?.message));
    withOptions.config = { host: 'other.example', port: 1 };
    console.log(
        started,
        nothing,
        token,
        answer,
        state,
        withNone,
        supported,
        plain.stats(),
        await withOptions.stats({ token: '' })
    );
}

export function classify(error: unknown): Executor.ErrorCode | string {
    if (error instanceof Executor.ExecutorError) {
        const kind: Executor.ErrorKind = error.kind;
        const status: number | undefined = error.statusCode;
        const json: Executor.ExecutorErrorJSON = error.toJSON();
        const copy: Executor.ExecutorError = ExecutorError.fromJSON(json);

        return `${kind} ${status} ${error.retryable} ${json.cause?.code} ${copy.userMessage}`;
    }

    return 'EXECUTOR_EXCHANGE_NETWORK' satisfies Executor.ErrorCode;
}

export const api: Promise<TokenApi> = startTokenApi();
export type Base = typeof Executor;
