import { inspect } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { freshBuildId, startConfig } from '../testing/configs';
import { generateKeys, type KeyPair } from '../testing/jwt';
import { startTokenApi, type TokenApi } from '../testing/token-api';
import { Calls, type Maker } from './calls';
import { configFor } from './config-for';
import { misuse, violation, type Finding } from './finding';
import { Hangs } from './hangs';
import { OpenThings } from './open-things';
import { outcomeOf, shown, words, type Outcome } from './outcome';
import type { Operation, StartConfig } from '../executor';
import type { ConformanceOptions, Factory, ConfiguredOperation, TestedExecutor } from './options';

/** One pair for all checks: making it takes longer than most checks. */
let keys: Promise<KeyPair> | undefined;

/** Where one check runs: an API, an executor, and the builds that it has started. */
export class Testbed {
    executor!: TestedExecutor;
    readonly #calls: Calls;
    readonly #executors: TestedExecutor[] = [];
    readonly #builds = new Map<TestedExecutor, Set<number>>();

    private constructor(
        readonly options: ConformanceOptions,
        readonly api: TokenApi,
        /** The option that makes the executor. */
        readonly maker: Maker,
        /** What was open before the check began. */
        readonly before: OpenThings,
        isPlain: boolean
    ) {
        this.#calls = new Calls({
            hangs: Hangs.of(options),
            maker,
            hangsPlainly: isPlain ? undefined : operation => hangsPlainly(options, maker, operation)
        });
    }

    /**
     * Sets up, runs the work, and always tears everything down.
     *
     * @param title title of the check; undefined when only testing whether plain calls hang
     * @param rejections receives the errors that calls have rejected with
     */
    static async with(
        options: ConformanceOptions,
        maker: Maker,
        work: (testbed: Testbed) => Promise<void>,
        title?: string,
        rejections: Error[] = []
    ): Promise<void> {
        keys ??= generateKeys();
        const pair = await keys;
        const before = new OpenThings();
        const testbed = new Testbed(options, await startTokenApi({ keys: pair }), maker, before, title === undefined);

        testbed.#calls.check = title;
        try {
            const factory = options[maker] as Factory<TestedExecutor>;

            testbed.executor = await testbed.make(maker, () => factory({ apiUri: testbed.api.uri }));
            await work(testbed);
        } finally {
            testbed.#calls.check = undefined;
            rejections.push(...testbed.#calls.rejections);
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
    async make(option: string, factory: () => unknown): Promise<TestedExecutor> {
        const must = 'make an executor, or resolve with one';
        const made = (await this.ask(option, must, factory, this.startTimeout)) as TestedExecutor | undefined;

        if (typeof made?.start !== 'function') throw misuse(option, `${option} resolved ${shown(made)}`, must);
        this.#executors.push(made);

        return made;
    }

    /** What a function among the options returns. If it fails, the executor is not to blame. */
    ask(option: string, must: string, work: () => unknown, limit = this.callTimeout): Promise<unknown> {
        return this.#calls.ask(option, must, limit, work);
    }

    /** A config as the API passes it to `start`, with the author's keys. */
    config(overrides: Partial<StartConfig> = {}): StartConfig {
        return startConfig(this.api, { ...this.options.config, ...overrides });
    }

    /** A config as the API passes it to an operation. */
    configFor(operation: ConfiguredOperation, buildId: number | string): { [key: string]: unknown } {
        return configFor(this.api, operation, { ...this.options.config, buildId });
    }

    /** The outcome of a call, with a time limit. */
    call(
        operation: ConfiguredOperation,
        config: { [key: string]: unknown },
        executor = this.executor
    ): Promise<Outcome> {
        if (operation === 'start') this.#note(executor, Number(config.buildId));

        return this.#bounded(operation, executor, () => executor[operation](config));
    }

    #bounded(operation: Operation, executor: TestedExecutor, work: () => unknown): Promise<Outcome> {
        const limit = operation === 'start' ? this.startTimeout : this.callTimeout;

        return this.#calls.make(operation, executor, limit, work);
    }

    /** The outcome of an operation on a build. */
    on(operation: ConfiguredOperation, buildId: number | string, executor = this.executor): Promise<Outcome> {
        return this.call(operation, this.configFor(operation, buildId), executor);
    }

    cleanUp(executor = this.executor): Promise<Outcome> {
        return this.#bounded('cleanUp', executor, () => executor.cleanUp());
    }

    /** Starts a build and returns its id, as most checks begin. */
    async startBuild(overrides: Partial<StartConfig> = {}): Promise<number> {
        const config = this.config(overrides);

        try {
            await this.#mustStart(config);
        } catch (error) {
            if ((error as Finding).parts.isHang) throw error;
            throw violation(
                `the check begins with a start, but ${(error as Error).message}`,
                'resolve from _start for such a build; the rule itself was not checked'
            );
        }

        return Number(config.buildId);
    }

    /** Starts a build if the rule is about that start. If a plain start fails as well, that is what gets reported. */
    async expectStart(config: { [key: string]: unknown }): Promise<void> {
        try {
            await this.#mustStart(config);
        } catch (error) {
            if (!(error as Finding).parts.isHang) await this.startBuild();
            throw error;
        }
    }

    async #mustStart(config: { [key: string]: unknown }): Promise<void> {
        const outcome = await this.call('start', config);

        if (!outcome.resolved) throw violation(`start of build ${inspect(config.buildId)} ${words(outcome)}`);
    }

    /** The outcome of a start for a build whose token the API does not exchange. */
    refusedStart(config = this.config()): Promise<Outcome> {
        const id = Number(config.buildId);

        this.api.builds.set(id, { id, status: 'ABORTED' });

        return this.call('start', config);
    }

    /** What an `observe` option returns. */
    async observe(what: 'running' | 'args' | 'logs', buildId: number, executor = this.executor): Promise<unknown> {
        const option = `observe.${what}`;
        const must = what === 'running' ? 'return an array' : 'return a value';
        const seen = await this.ask(option, must, () => this.options.observe?.[what]?.(executor, buildId));

        if (what === 'running' && !Array.isArray(seen)) {
            throw misuse(option, `${option} resolved ${shown(seen)}`, must);
        }

        return seen;
    }

    /** The number of things that run for a build. */
    async running(buildId: number, executor = this.executor): Promise<number> {
        return ((await this.observe('running', buildId, executor)) as unknown[]).length;
    }

    /**
     * Whether nothing runs for a build in the end. Waits for its grace period, which may continue after stop has
     * resolved.
     */
    ends(buildId: number, executor = this.executor): Promise<boolean> {
        const { gracePeriod = 0 } = this.options;

        return this.eventually(
            async () => (await this.running(buildId, executor)) === 0,
            gracePeriod + this.callTimeout
        );
    }

    /** Whether a condition becomes true within `limit` milliseconds: engines may take a while to show a change. */
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

    /** Failures here have their own checks. If a call has hung, this does not wait for anything. */
    async #takeDown(): Promise<void> {
        for (const executor of this.#executors) {
            const configs = [...(this.#builds.get(executor) ?? [])].map(id => this.configFor('stop', id));
            const hung = this.#calls.hungOn(executor);

            if (hung.length === 0) await Promise.allSettled(configs.map(config => this.call('stop', config, executor)));
            else if (!hung.includes('stop')) for (const config of configs) void outcomeOf(() => executor.stop(config));
            if (this.#calls.hungOn(executor).length === 0) await this.cleanUp(executor).catch(() => {});
            else if (!hung.includes('cleanUp')) void outcomeOf(() => executor.cleanUp());
        }
        await this.api.close();
    }
}

/** Whether an operation hangs for a plain build. */
async function hangsPlainly(options: ConformanceOptions, maker: Maker, operation: Operation): Promise<boolean> {
    let hangs = false;

    await Testbed.with(options, maker, async testbed => {
        const id = freshBuildId();

        hangs = operation === 'start';
        await testbed.on('start', id);
        hangs = operation !== 'start';
        if (operation === 'cleanUp') await testbed.cleanUp();
        else if (operation !== 'start') await testbed.on(operation, id);
        hangs = false;
    }).catch(() => {});

    return hangs;
}
