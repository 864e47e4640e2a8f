import Executor = require('screwdriver-executor-base');
import type { StartConfig, StatusConfig, StopConfig } from 'screwdriver-executor-base';
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
    readonly #engine = new Engine();

    constructor(options: Options = {}) {
        super(options);
    }

    protected override async _start(config: StartConfig): Promise<void> {
        const { mountPoint = '/opt/sd', defaultTimeout = 90, maxTimeout = 120 } = this.config;
        const minutes = Executor.buildTimeoutFrom(config.annotations, { default: defaultTimeout, max: maxTimeout });
        // As late as possible: the clock of the build's token starts here.
        const token = await this.exchangeTokenForBuild(config, minutes);
        const { command, args, env } = Executor.launch({ ...config, token }, mountPoint);

        await this.#engine.run(nameOf(config), { image: config.container, command, args, env });
    }

    /** The build may never have started: the API stops a build whose start failed. */
    protected override async _stop(config: StopConfig): Promise<void> {
        await this.#engine.remove(nameOf(config));
    }

    protected override async _status(config: StatusConfig): Promise<string> {
        return this.#engine.describe(nameOf(config));
    }
}

function nameOf({ buildId }: { buildId: number | string }): string {
    return `build-${buildId}`;
}

export = {{class}}Executor;
