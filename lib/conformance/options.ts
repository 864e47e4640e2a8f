import type { Operation, StartConfig } from '../executor';

/** The operations that take one config. */
export type ConfiguredOperation = Exclude<Operation, 'cleanUp'>;

/**
 * What the kit asks of an executor: a class that extends the base has it. Named by shape, not by class, since the
 * executor may be built on another copy of the base.
 */
export interface TestedExecutor extends Record<ConfiguredOperation, (config: any) => Promise<any>> {
    cleanUp(): Promise<any>;
    stats(config?: any): unknown;
    supports(operation: any): boolean;
}

/** What a factory gets. */
export interface FactoryContext {
    /** Where the check's Screwdriver API listens. The same stands in every config. */
    apiUri: string;
}

/** Makes an executor that nobody has used. */
export type Factory<Executor> = (context: FactoryContext) => Executor | Promise<Executor>;

/** What the author lets the kit see of the engine. Each function adds the checks that need it. */
export interface Observation<Executor> {
    /** What runs for a build: containers, processes, pods. Empty where nothing does. */
    running?: ((executor: Executor, buildId: number) => unknown[] | Promise<unknown[]>) | undefined;
    /** Commands, arguments and labels that the engine was given for a build: what everybody on it can read. */
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
    /** The runner's `it` or `test`. How long a check may take is its third argument. */
    it(title: string, body: () => Promise<void>, timeout?: number): unknown;
    /** Makes the executor for one check. */
    factory: Factory<Executor>;
    /** A second executor on the engine of the first. @default what `factory` makes */
    second?: ((first: Executor, context: FactoryContext) => Executor | Promise<Executor>) | undefined;
    /** An executor whose engine cannot be reached. `'none'` says that there is no engine that could be down. */
    engineDown?: Factory<Executor> | 'none' | undefined;
    /** An executor whose engine does not answer for longer than `startTimeout`. `'none'` as for `engineDown`. */
    engineSlow?: Factory<Executor> | 'none' | undefined;
    observe?: Observation<Executor> | undefined;
    /** Keys for the config of every build, such as an image that the engine has. */
    config?: Partial<StartConfig> | undefined;
    /**
     * What a second start of a build that runs does. `rejects` is for those who must: the build-cluster worker makes a
     * healthy build a FAILURE when its start was delivered again and has rejected often enough. @default 'joins'
     */
    duplicateStart?: 'joins' | 'rejects' | undefined;
    /** Each annotation by its short name: `ignored`, as your documentation says, or how to see that it is honoured. */
    annotations?: Record<string, 'ignored' | HonouredAnnotation<Executor>> | undefined;
    /**
     * Whether what cannot be checked, since an option is missing, is a failure: for CI. It is shown as skipped otherwise.
     *
     * @default false
     */
    complete?: boolean | undefined;
    /** Milliseconds that `start` may take. @default 10000 */
    startTimeout?: number | undefined;
    /** Milliseconds that any other call may take. @default 5000 */
    callTimeout?: number | undefined;
    /**
     * Milliseconds for which a build may still be ending after stop has resolved: from the order to end (TERM) to the
     * engine's last resort (KILL). @default 0
     */
    gracePeriod?: number | undefined;
}
