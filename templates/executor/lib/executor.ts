import Executor = require('screwdriver-executor-base');
import type { HookContext, StartConfig, StatusConfig, StopConfig } from 'screwdriver-executor-base';
import { activeAlready, Engine } from './engine';

interface Options {
    /** Where the job-tools volume is mounted in the build's container. @default '/opt/sd' */
    mountPoint?: string;
    /** Minutes for a build that asks for none. @default 90 */
    defaultTimeout?: number;
    /** The most minutes that a build can get. @default 120 */
    maxTimeout?: number;
}

/** Runs builds on {{name}}. */
class {{class}}Executor extends Executor<Options> {
    /** Public for the tests alone. */
    readonly engine = new Engine();
    /** The starts in flight, by the name of their task: a stop ends them first. */
    readonly #starts = new Map<string, { stop: AbortController; done: Promise<void> }>();

    constructor(options: Options = {}) {
        super(options);
    }

    /** The base aborts the signal when it shuts down, and time runs out. */
    protected override async _start(config: StartConfig, { signal }: HookContext): Promise<void> {
        const name = nameOf(config);

        if (this.#starts.has(name)) throw activeAlready(name);
        const stop = new AbortController();
        const done = this.#run(name, config, AbortSignal.any([signal, stop.signal])).finally(() =>
            this.#starts.delete(name)
        );

        this.#starts.set(name, { stop, done });
        await done;
    }

    async #run(name: string, config: StartConfig, signal: AbortSignal): Promise<void> {
        const { mountPoint = '/opt/sd', defaultTimeout = 90, maxTimeout = 120 } = this.config;
        const minutes = Executor.buildTimeoutFrom(config.annotations, { default: defaultTimeout, max: maxTimeout });
        // As late as possible: the clock of the build's token starts here.
        const token = await this.exchangeTokenForBuild(config, minutes, { signal });
        const { command, args, env } = Executor.launch({ ...config, token }, mountPoint);

        await this.engine.run(name, { image: config.container, command, args, env }, signal);
    }

    /**
     * The build may never have started: the API stops a build whose start failed. One that still starts must be over
     * before its task is removed, or the task would come up afterwards.
     */
    protected override async _stop(config: StopConfig): Promise<void> {
        const name = nameOf(config);
        const start = this.#starts.get(name);

        start?.stop.abort();
        await Promise.allSettled([start?.done]);
        await this.engine.remove(name);
    }

    protected override async _status(config: StatusConfig): Promise<string> {
        const name = nameOf(config);
        const task = await this.engine.find(name);

        return task ? `${name} is running in ${task.image}` : `${name} is not on the engine`;
    }

    /** Waits for what is in flight. The builds go on: they are the engine's. */
    protected override async _cleanUp(): Promise<void> {
        await this.shutDown();
    }
}

function nameOf({ buildId }: { buildId: number | string }): string {
    return `build-${buildId}`;
}

export = {{class}}Executor;
