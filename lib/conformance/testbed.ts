import { inspect } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { startConfig, statusConfig, stopConfig, startTimerConfig, stopTimerConfig } from '../testing/configs';
import { generateKeys, type KeyPair } from '../testing/jwt';
import { startTokenApi, type TokenApi } from '../testing/token-api';
import { OpenThings } from './open-things';
import { outcomeOf, violation, words, type Outcome } from './outcome';
import type { StartConfig } from '../executor';
import type { ConformanceOptions, Factory, ConfiguredOperation, TestedExecutor } from './options';

/** One pair for all checks: to make it takes longer than most checks. */
let keys: Promise<KeyPair> | undefined;

/** The place where one check runs: an API, an executor, and what was started with it. */
export class Testbed {
    executor!: TestedExecutor;
    readonly #executors: TestedExecutor[] = [];
    readonly #builds = new Map<TestedExecutor, Set<number>>();

    private constructor(
        readonly options: ConformanceOptions,
        readonly api: TokenApi,
        /** What was open before the check began. */
        readonly before: OpenThings
    ) {}

    /** Sets up, runs the work, and takes everything down again, whatever happened. */
    static async with(
        options: ConformanceOptions,
        factory: Factory<TestedExecutor>,
        work: (testbed: Testbed) => Promise<void>
    ): Promise<void> {
        keys ??= generateKeys();
        const pair = await keys;
        const before = new OpenThings();
        const testbed = new Testbed(options, await startTokenApi({ keys: pair }), before);

        try {
            testbed.executor = await testbed.make('factory', () => factory({ apiUri: testbed.api.uri }));
            await work(testbed);
        } finally {
            await testbed.#takeDown();
        }
    }

    get startTimeout(): number {
        return this.options.startTimeout ?? 10_000;
    }

    get callTimeout(): number {
        return this.options.callTimeout ?? 5_000;
    }

    /** An executor that is cleaned up when the check ends. */
    async make(what: string, factory: () => TestedExecutor | Promise<TestedExecutor>): Promise<TestedExecutor> {
        const made = await outcomeOf(what, this.startTimeout, factory);

        const executor = (made.resolved ? made.value : undefined) as TestedExecutor | undefined;

        if (typeof executor?.start !== 'function') {
            throw violation(`${what}, which makes the executor, ${words(made)}: the rule has not been tried`);
        }

        this.#executors.push(executor);

        return executor;
    }

    /** A config as the API passes it to `start`, with the author's keys. */
    config(overrides: Partial<StartConfig> = {}): StartConfig {
        return startConfig(this.api, { ...this.options.config, ...overrides });
    }

    /** A config as the API passes it to an operation. */
    configFor(operation: ConfiguredOperation, buildId: number | string): { [key: string]: unknown } {
        const overrides: { [key: string]: any } = { ...this.options.config, buildId };

        switch (operation) {
            case 'stop':
                return stopConfig(this.api, overrides);
            case 'status':
                return statusConfig(this.api, overrides);
            case 'startTimer':
                return startTimerConfig(this.api, overrides);
            case 'stopTimer':
                return stopTimerConfig(this.api, overrides);
            default:
                return this.config({ buildId });
        }
    }

    /** How a call ends, in bounded time. */
    async call(
        operation: ConfiguredOperation,
        config: { [key: string]: unknown },
        executor = this.executor
    ): Promise<Outcome> {
        if (operation === 'start') this.#note(executor, Number(config.buildId));

        return outcomeOf(operation, operation === 'start' ? this.startTimeout : this.callTimeout, () =>
            executor[operation](config)
        );
    }

    /** How an operation on a build ends. */
    on(operation: ConfiguredOperation, buildId: number | string, executor = this.executor): Promise<Outcome> {
        return this.call(operation, this.configFor(operation, buildId), executor);
    }

    cleanUp(executor = this.executor): Promise<Outcome> {
        return outcomeOf('cleanUp', this.callTimeout, () => executor.cleanUp());
    }

    /** The id of a build that was started: what most checks begin with. */
    async startBuild(overrides: Partial<StartConfig> = {}): Promise<number> {
        const config = this.config(overrides);

        try {
            await this.#mustStart(config);
        } catch (error) {
            throw violation(
                `the check begins with a start, and ${(error as Error).message}`,
                'let _start resolve for such a build: the rule itself has not been tried'
            );
        }

        return Number(config.buildId);
    }

    /** Starts a build where that is what the rule is about. Nothing is said of it where a plain start fails as well. */
    async expectStart(config: { [key: string]: unknown }): Promise<void> {
        try {
            await this.#mustStart(config);
        } catch (error) {
            await this.startBuild();
            throw error;
        }
    }

    async #mustStart(config: { [key: string]: unknown }): Promise<void> {
        const outcome = await this.call('start', config);

        if (!outcome.resolved) throw violation(`start of build ${inspect(config.buildId)} ${words(outcome)}`);
    }

    /** How a start ends for a build whose token the API does not exchange. */
    refusedStart(config = this.config()): Promise<Outcome> {
        const id = Number(config.buildId);

        this.api.builds.set(id, { id, status: 'ABORTED' });

        return this.call('start', config);
    }

    /** What the author lets the kit see. */
    async observe(what: 'running' | 'args' | 'logs', buildId: number, executor = this.executor): Promise<unknown> {
        const outcome = await outcomeOf(`observe.${what}`, this.callTimeout, () =>
            this.options.observe?.[what]?.(executor, buildId)
        );

        if (!outcome.resolved || (what === 'running' && !Array.isArray(outcome.value))) {
            const wanted = what === 'running' ? 'resolve an array' : 'resolve';

            throw violation(
                `observe.${what} ${words(outcome)}`,
                `let observe.${what} ${wanted}: the rule has not been tried`
            );
        }

        return outcome.value;
    }

    /** How many things run for a build. */
    async running(buildId: number, executor = this.executor): Promise<number> {
        return ((await this.observe('running', buildId, executor)) as unknown[]).length;
    }

    /** Whether nothing runs for a build in the end: its grace time, which goes on after stop has answered, included. */
    ends(buildId: number, executor = this.executor): Promise<boolean> {
        const { gracePeriod = 0 } = this.options;

        return this.eventually(
            async () => (await this.running(buildId, executor)) === 0,
            gracePeriod + this.callTimeout
        );
    }

    /** Whether a condition comes true within `limit` milliseconds: engines take their time to show a change. */
    async eventually(condition: () => boolean | Promise<boolean>, limit = this.callTimeout): Promise<boolean> {
        const end = performance.now() + limit;

        while (!(await condition())) {
            if (performance.now() >= end) return false;
            await sleep(10);
        }

        return true;
    }

    #note(executor: TestedExecutor, buildId: number): void {
        this.#builds.set(executor, (this.#builds.get(executor) ?? new Set()).add(buildId));
    }

    /** What fails here has a check of its own; one that hangs is left behind. */
    async #takeDown(): Promise<void> {
        for (const executor of this.#executors) {
            const stops = [...(this.#builds.get(executor) ?? [])].map(id => this.on('stop', id, executor));

            await Promise.allSettled(stops);
            await this.cleanUp(executor).catch(() => {});
        }
        await this.api.close();
    }
}
