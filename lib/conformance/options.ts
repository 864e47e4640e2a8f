import type { Operation, StartConfig } from '../executor';

/** The operations that take one config. */
export type ConfiguredOperation = Exclude<Operation, 'cleanUp'>;

/**
 * What the kit needs of an executor. Every class that extends the base has it. It is a shape and not the class itself,
 * since the executor may use another copy of the base.
 */
export interface TestedExecutor extends Record<ConfiguredOperation, (config: any) => Promise<any>> {
    cleanUp(): Promise<any>;
    stats(config?: any): unknown;
    supports(operation: any): boolean;
}

/** What a factory gets. */
export interface FactoryContext {
    /** Where the Screwdriver API of the check listens. Every config has the same address. */
    apiUri: string;
}

/** Makes a new executor. */
export type Factory<Executor> = (context: FactoryContext) => Executor | Promise<Executor>;

/** What the kit can see of the engine. Each function adds checks. */
export interface Observation<Executor> {
    /** What runs for a build: containers, processes, pods. Empty if nothing runs. */
    running?: ((executor: Executor, buildId: number) => unknown[] | Promise<unknown[]>) | undefined;
    /**
     * Commands, arguments and labels that the engine got for a build: everybody with access to the engine can read
     * them.
     */
    args?: ((executor: Executor, buildId: number) => unknown) | undefined;
    /** What the executor has logged. */
    logs?: ((executor: Executor) => unknown) | undefined;
}

/** An annotation that the executor honours, with a value to try. */
export interface HonouredAnnotation<Executor> {
    value: unknown;
    /** Whether a build that was started with the value has it on the engine. */
    honoured(executor: Executor, buildId: number): boolean | Promise<boolean>;
}

export interface ConformanceOptions<Executor extends TestedExecutor = TestedExecutor> {
    /** The runner's `describe`. */
    describe(title: string, body: () => void): unknown;
    /** The runner's `it` or `test`. Its third argument is the time limit of the check. */
    it(title: string, body: () => Promise<void>, timeout?: number): unknown;
    /** Makes the executor for one check. */
    factory: Factory<Executor>;
    /** A second executor on the engine of the first. @default what `factory` makes */
    second?: ((first: Executor, context: FactoryContext) => Executor | Promise<Executor>) | undefined;
    /**
     * An executor whose engine cannot be reached. `'none'` means that the executor has no engine that could be down.
     */
    engineDown?: Factory<Executor> | 'none' | undefined;
    /** An executor whose engine does not answer for longer than `startTimeout`, or `'none'`. */
    engineSlow?: Factory<Executor> | 'none' | undefined;
    observe?: Observation<Executor> | undefined;
    /** Keys to add to the config of every build, such as an image that the engine has. */
    config?: Partial<StartConfig> | undefined;
    /**
     * What a second start of a running build does. Use `rejects` only if you must: when a redelivered start has
     * rejected often enough, the build-cluster worker makes a healthy build a FAILURE. @default 'joins'
     */
    duplicateStart?: 'joins' | 'rejects' | undefined;
    /**
     * Each annotation by its short name: `ignored` if your documentation says so, otherwise how to see that it is
     * honoured.
     */
    annotations?: Record<string, 'ignored' | HonouredAnnotation<Executor>> | undefined;
    /**
     * Whether a check that lacks an option fails instead of being skipped. Use it in CI.
     *
     * @default false
     */
    complete?: boolean | undefined;
    /** Milliseconds that `start` may take. @default 10000 */
    startTimeout?: number | undefined;
    /** Milliseconds that any other call may take. @default 5000 */
    callTimeout?: number | undefined;
    /**
     * Milliseconds that a build may still take to end after stop has resolved: from TERM until the engine sends KILL.
     * @default 0
     */
    gracePeriod?: number | undefined;
}
