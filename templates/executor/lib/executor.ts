import Executor = require('screwdriver-executor-base');
import type { StartConfig, StartContext, StatusConfig, StopConfig } from 'screwdriver-executor-base';
import { Engine } from './engine';

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
    /** The base takes the calls for a build in turn: a second start shares the first, a stop comes after the start. */
    static override readonly callsInTurn: boolean = true;
    /** Public for the tests alone. */
    readonly engine = new Engine();

    constructor(options: Options = {}) {
        super(options);
    }

    /** A stop of the build aborts `signal`, the shutdown aborts both. */
    protected override async _start(config: StartConfig, { signal, shutdownSignal }: StartContext): Promise<void> {
        const { mountPoint = '/opt/sd', defaultTimeout = 90, maxTimeout = 120 } = this.config;
        const name = nameOf(config);
        const minutes = Executor.buildTimeoutFrom(config.annotations, { default: defaultTimeout, max: maxTimeout });

        // A build is started once in its life: what is there already is this build, perhaps from another process.
        if (await this.engine.find(name)) return;
        // As late as possible: the clock of the build's token starts here.
        const token = await this.exchangeTokenForBuild(config, minutes, { signal });
        const { command, args, env } = Executor.launch({ ...config, token }, mountPoint);

        // A stop does not cut this short: the engine might carry it out all the same, after the stop.
        await this.engine.run(name, { image: config.container, command, args, env }, shutdownSignal);
    }

    /** The build may never have started: the API stops a build whose start failed. */
    protected override async _stop(config: StopConfig): Promise<void> {
        await this.engine.remove(nameOf(config));
    }

    protected override async _status(config: StatusConfig): Promise<string> {
        const name = nameOf(config);
        const task = await this.engine.find(name);

        return task ? `${name} is running in ${task.image}` : `${name} is not on the engine`;
    }
}

/** One name for every form that the id may have: names decide between processes. */
function nameOf(config: { buildId: number | string }): string {
    return `build-${Executor.buildIdFrom(config)}`;
}

export = {{class}}Executor;
