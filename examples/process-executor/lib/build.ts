import { join } from 'node:path';
import Executor = require('screwdriver-executor-base');
import { describeDuration, describeExit } from './describe';
import { environmentOf } from './environment';
import { folderFailed, launchFailed } from './errors';
import { openLog } from './log';
import { ProcessGroup, type Exit } from './process-group';
import { makeWorkspace, type Workspace } from './workspace';
import type { Claim } from './claim';
import type { Settings } from './options';

/** One build, from its start to its end. After the end none of its processes runs and its folder is gone. */
export class Build {
    readonly id: string;
    /** The file with its output and the executor's own messages. */
    readonly log: string;
    /** The reason with which the executor reported FAILURE. */
    failure: string | undefined;

    readonly #executor: Executor;
    readonly #apiUri: string;
    readonly #settings: Settings;
    readonly #claim: Claim;
    #group: ProcessGroup | undefined;
    #startedAt = 0;
    #timer: NodeJS.Timeout | undefined;
    #exit: Exit | undefined;
    #endedAt = 0;
    /** The build's own token. */
    #token = '';
    /** Resolves when nothing of the build is left. */
    #over: Promise<Exit> | undefined;
    /** Resolves when the API knows the outcome, or the report has failed. */
    #reported: Promise<void> | undefined;
    /** Whether the API stopped it and therefore knows the outcome. */
    #isStopped = false;

    /** @param executor sends the reports to the API */
    constructor(id: string, apiUri: string, settings: Settings, claim: Claim, executor: Executor) {
        this.id = id;
        this.#executor = executor;
        this.log = join(settings.workspaceRoot, `${id}.log`);
        this.#apiUri = apiUri;
        this.#settings = settings;
        this.#claim = claim;
    }

    /** Whether its launcher is running. */
    get isRunning(): boolean {
        return this.#group !== undefined && this.#exit === undefined;
    }

    /**
     * Resolves with true once the launcher runs, or with false if another executor has stopped the build in the
     * meantime. If it rejects, nothing of the build runs.
     */
    async start(exchange: () => Promise<string>, signal: AbortSignal): Promise<boolean> {
        const workspace = await makeWorkspace(this.#claim.home, this.#settings);

        signal.throwIfAborted();
        this.#token = await exchange();
        signal.throwIfAborted();
        this.#group = await this.#launch(workspace);
        this.#startedAt = performance.now();
        this.#over = this.#watch(this.#group);
        void this.#over.then(exit => this.#reportEnd(exit));
        // Another executor that stops the build writes its mark first and then looks for processes: so either it or
        // this check finds the launcher.
        if (!(await this.#claim.isStopped())) return true;
        await this.stop();

        return false;
    }

    async #launch(workspace: Workspace): Promise<ProcessGroup> {
        const launch = Executor.launch(this.#config, workspace.mountPoint);
        const env = environmentOf(launch, workspace, this.#settings.environment);
        const log = await openLog(this.log).catch((error: NodeJS.ErrnoException) => {
            throw folderFailed(error);
        });

        try {
            return await ProcessGroup.spawn(launch.command, launch.args, {
                cwd: workspace.source,
                env,
                stdio: ['ignore', log.fd, log.fd]
            });
        } catch (error) {
            throw launchFailed(launch.command, error as NodeJS.ErrnoException, env);
        } finally {
            await log.close();
        }
    }

    async #watch(group: ProcessGroup): Promise<Exit> {
        this.#exit = await group.exited;
        this.#endedAt = performance.now();
        this.stopTimer();
        // Ends everything that the launcher left running, as a container would.
        await group.end(this.#settings.gracePeriod);
        this.#isStopped ||= await this.#claim.isStopped();
        await this.#claim.release().catch((error: Error) => this.#warn(`its folder stays: ${error.message}`));

        return this.#exit;
    }

    /** Reports the end unless the API has stopped the build. The API knows whether the launcher has reported. */
    async #reportEnd(exit: Exit): Promise<void> {
        if (this.#isStopped) return;
        await this.#report(`The launcher ended without having reported: ${describeExit(exit)}`);
    }

    /** Reports the build's failure, only once, with the first reason. */
    #report(reason: string, deadline?: number): Promise<void> {
        return (this.#reported ??= this.#tell(reason, deadline));
    }

    async #tell(reason: string, deadline?: number): Promise<void> {
        try {
            if (!(await this.#executor.reportFailure(this.#config, reason, { deadline }))) return;
            await this.#note(`FAILURE reported. ${reason}`);
        } catch (error) {
            await this.#warn(`${(error as Error).message}. ${reason}`);
        }
        this.failure = reason;
    }

    /**
     * Ends the build for the API, which knows the outcome. Sends TERM at once and resolves when the build has ended.
     * Does not wait for a report, since the API may be stopping the build because of one.
     */
    async stop(hurry?: AbortSignal): Promise<void> {
        this.#isStopped = true;
        await this.#end(hurry);
    }

    /**
     * Ends the build for the executor's own reason. Reports it first: the launcher could only report a failure without
     * a reason.
     *
     * @param deadline milliseconds for the report
     */
    async fail(reason: string, deadline?: number, hurry?: AbortSignal): Promise<void> {
        this.#isStopped ||= await this.#claim.isStopped();
        if (this.isRunning && !this.#isStopped) await this.#report(reason, deadline);
        await this.#end(hurry);
    }

    async #end(hurry?: AbortSignal): Promise<void> {
        this.stopTimer();
        await this.#group?.end(this.#settings.gracePeriod, hurry);
        await this.#over;
    }

    /** Gives the build this many minutes from now on. */
    startTimer(minutes: number, onTimeout: () => void): void {
        this.stopTimer();
        if (this.#exit) return;
        this.#timer = setTimeout(() => {
            onTimeout();
            void this.fail(`The build took longer than its timeout of ${minutes} minutes`);
        }, minutes * 60_000);
    }

    stopTimer(): void {
        clearTimeout(this.#timer);
    }

    get #config(): Executor.ExchangeConfig {
        return { apiUri: this.#apiUri, buildId: this.id, token: this.#token };
    }

    /** A description of its state. */
    toString(): string {
        if (!this.#group) return `Build ${this.id} is starting`;
        const duration = describeDuration((this.#exit ? this.#endedAt : performance.now()) - this.#startedAt);

        if (!this.#exit) return `Build ${this.id} has been running for ${duration}, pid ${this.#group.pid}`;
        const failure = this.failure === undefined ? '' : `. ${this.failure}`;

        return `Build ${this.id} has ended after ${duration}, ${describeExit(this.#exit)}${failure}`;
    }

    /** Writes a line into the build's log. Ignores a log that cannot be written. */
    async #note(text: string): Promise<void> {
        try {
            const log = await openLog(this.log);

            await log.appendFile(`[executor] ${text}\n`).finally(() => log.close());
        } catch {
            // The warning or the report has the same information.
        }
    }

    async #warn(text: string): Promise<void> {
        process.emitWarning(`Build ${this.id}: ${text}`, 'ProcessExecutorWarning');
        await this.#note(text);
    }
}
