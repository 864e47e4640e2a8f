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

/** One build, from its start to its end: when that has come, none of its processes runs and its folder is gone. */
export class Build {
    readonly id: string;
    /** Where its output goes, and what the executor has to say about it. */
    readonly log: string;
    /** Why the executor had to report FAILURE for it. */
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
    /** The build's own. */
    #token = '';
    /** Settles when nothing of the build is left. */
    #over: Promise<Exit> | undefined;
    /** Settles when the API knows the outcome, or could not be told. */
    #reported: Promise<void> | undefined;
    /** Whether the API ended it: then it knows the outcome. */
    #isStopped = false;

    /** @param executor asks the API */
    constructor(id: string, apiUri: string, settings: Settings, claim: Claim, executor: Executor) {
        this.id = id;
        this.#executor = executor;
        this.log = join(settings.workspaceRoot, `${id}.log`);
        this.#apiUri = apiUri;
        this.#settings = settings;
        this.#claim = claim;
    }

    /** Whether its launcher runs. */
    get isRunning(): boolean {
        return this.#group !== undefined && this.#exit === undefined;
    }

    /**
     * Resolves true once the launcher runs, false where another executor has stopped the build meanwhile. Where it
     * rejects, nothing of it runs.
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
        // Whoever stops it elsewhere leaves its mark first and looks for processes then: one of both finds the launcher.
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
        // What the launcher left running ends with it, as it would in a container.
        await group.end(this.#settings.gracePeriod);
        this.#isStopped ||= await this.#claim.isStopped();
        await this.#claim.release().catch((error: Error) => this.#warn(`its folder stays: ${error.message}`));

        return this.#exit;
    }

    /** Unless the API has stopped it. Whether the launcher has reported, the API knows. */
    async #reportEnd(exit: Exit): Promise<void> {
        if (this.#isStopped) return;
        await this.#report(`The launcher ended without having reported: ${describeExit(exit)}`);
    }

    /** Tells the API of its failure, for the first reason that there is. */
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
     * Ends it for the API, which knows the outcome: TERM at once, the rest until it resolves. Does not wait for a report:
     * the API may stop it because of one.
     */
    async stop(hurry?: AbortSignal): Promise<void> {
        this.#isStopped = true;
        await this.#end(hurry);
    }

    /**
     * Ends it for a reason of the executor's own. The API is told before: the launcher could only report a failure without
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

    /** From now on it has so many minutes. */
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

    /** Its state in words. */
    toString(): string {
        if (!this.#group) return `Build ${this.id} is starting`;
        const duration = describeDuration((this.#exit ? this.#endedAt : performance.now()) - this.#startedAt);

        if (!this.#exit) return `Build ${this.id} has been running for ${duration}, pid ${this.#group.pid}`;
        const failure = this.failure === undefined ? '' : `. ${this.failure}`;

        return `Build ${this.id} has ended after ${duration}, ${describeExit(this.#exit)}${failure}`;
    }

    /** A line of the executor's in the build's log. Nobody waits for a log that cannot be written. */
    async #note(text: string): Promise<void> {
        try {
            const log = await openLog(this.log);

            await log.appendFile(`[executor] ${text}\n`).finally(() => log.close());
        } catch {
            // The warning, or the report, tells it as well.
        }
    }

    async #warn(text: string): Promise<void> {
        process.emitWarning(`Build ${this.id}: ${text}`, 'ProcessExecutorWarning');
        await this.#note(text);
    }
}
