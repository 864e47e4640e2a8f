import Executor = require('screwdriver-executor-base');
import { Engine } from './engine';

interface Options {
    /** Where {{name}} listens: http://127.0.0.1:8080 */
    uri: string;
    /** Milliseconds that one call may take. @default 5000 */
    callTimeout?: number;
}

const CPU = { words: { LOW: 1, HIGH: 4 }, default: 1, max: 8 };
const RAM = { words: { LOW: 2, HIGH: 8 }, default: 2, max: 16 };

/** Runs builds on {{name}}. */
class {{class}}Executor extends Executor<Options> {
    /** The base orders the calls for a build: a second start joins the first, a stop runs after the start. */
    static override readonly callsInTurn: boolean = true;
    readonly #engine = new Engine(this.config.uri, this.config.callTimeout ?? 5000);

    /** A stop of the build aborts `signal`; the shutdown aborts both signals. */
    protected override async _start(config: Executor.StartConfig, context: Executor.StartContext): Promise<void> {
        const { signal, shutdownSignal } = context;
        const name = nameOf(config);
        const minutes = Executor.buildTimeoutFrom(config.annotations, { default: 90, max: 120 });
        const { cpu, ram } = Executor.limitsFrom(config.annotations, { cpu: CPU, ram: RAM });

        // A build is started only once: a container of this name is this build, perhaps from another process.
        if (await this.#engine.find(name, signal)) return;
        // As late as possible: the lifetime of the build's token starts here.
        const token = await this.exchangeTokenForBuild(config, minutes, { signal });
        const { command, args, env } = Executor.launch({ ...config, token }, '/opt/sd', { buildTimeout: minutes });

        // A stop does not abort this call: the engine might still carry it out, after the stop.
        await this.#engine.run(name, { image: config.container, command, args, env, cpu, memory: ram }, shutdownSignal);
    }

    /** The build may never have started: the API stops a build whose start failed. */
    protected override async _stop(config: Executor.StopConfig, { signal }: Executor.StopContext): Promise<void> {
        await this.#engine.remove(nameOf(config), signal);
    }

    /** A non-empty string fails the build. An empty one means that it is starting, runs or has ended well. */
    protected override async _verify(config: Executor.VerifyConfig, context: Executor.VerifyContext): Promise<string> {
        const state = await this.#engine.find(nameOf(config), context.signal);

        if (!state) return context.isStarting ? '' : 'The build is not on {{name}}.';
        // The launcher reports the build's result and then ends with 0. Any other code means that it was killed.
        if (state.phase !== 'ended' || state.exitCode === 0) return '';

        return `The build's container ended with exit code ${state.exitCode}: ${state.reason ?? 'no reason is known'}`;
    }

    protected override async _status(config: Executor.StatusConfig, context: Executor.VerifyContext): Promise<string> {
        const state = await this.#engine.find(nameOf(config), context.signal);

        return state ? [state.phase, state.reason].filter(Boolean).join(': ') : 'not on {{name}}';
    }
}

/** The same name for every form of the id: processes coordinate through names. */
function nameOf(config: { buildId: number | string }): string {
    return `build-${Executor.buildIdFrom(config)}`;
}

export = {{class}}Executor;
