import { appendFile, open } from 'node:fs/promises';
import { join } from 'node:path';
import Executor = require('screwdriver-executor-base');
import { describeDuration, describeExit } from './describe';
import { environmentOf } from './environment';
import { cancelled, launchFailed } from './errors';
import { reportFailure } from './failure-report';
import { ProcessGroup, type Exit } from './process-group';
import { makeWorkspace, removeWorkspace, type Workspace } from './workspace';
import type { Settings } from './options';

/** Gets the build's own token, in bounded time; gives up when the signal aborts. */
export type Exchange = (signal: AbortSignal) => Promise<string>;

/** What a timer can wait for: above it, Node fires at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * One build, from its start to its end. It can be ended at any time, while it starts too; when that has resolved, none
 * of its processes runs and its folder is gone.
 */
export class Build {
    readonly id: string;
    /** Where its output goes, and what the executor has to say about it. */
    readonly log: string;
    /** Why the executor had to report FAILURE for it. */
    failure: string | undefined;

    readonly #apiUri: string;
    readonly #settings: Settings;
    readonly #cancel = new AbortController();
    #starting: Promise<void> = Promise.resolve();
    #group: ProcessGroup | undefined;
    #startedAt = 0;
    #timer: NodeJS.Timeout | undefined;
    #exit: Exit | undefined;
    #endedAt = 0;
    /** Settles when nothing of the build is left. */
    #over: Promise<Exit> | undefined;
    /** Settles when the API knows the outcome, or could not be told. */
    #reported: Promise<void> | undefined;
    /** Whether the API ended it: then it knows the outcome. */
    #isStopped = false;
    /** Why the executor ended it. */
    #reason: string | undefined;

    constructor(id: string, apiUri: string, settings: Settings) {
        this.id = id;
        this.log = join(settings.workspaceRoot, `${id}.log`);
        this.#apiUri = apiUri;
        this.#settings = settings;
    }

    /** Whether it starts or runs. */
    get isActive(): boolean {
        return this.#exit === undefined;
    }

    /** Whether its launcher runs. */
    get isRunning(): boolean {
        return this.#group !== undefined && this.isActive;
    }

    /** Resolves once the launcher runs; where it rejects, nothing is left behind. */
    start(exchange: Exchange): Promise<void> {
        return (this.#starting = this.#start(exchange));
    }

    async #start(exchange: Exchange): Promise<void> {
        const { signal } = this.#cancel;
        let workspace: Workspace | undefined;

        try {
            workspace = await makeWorkspace(this.id, this.#settings);
            signal.throwIfAborted();
            const token = await exchange(signal);

            signal.throwIfAborted();
            this.#group = await this.#launch(workspace, token);
            this.#startedAt = performance.now();
            this.#over = this.#watch(this.#group, workspace);
            this.#reported = this.#over.then(exit => this.#report(token, exit));
        } catch (error) {
            this.stopTimer();
            if (workspace) await removeWorkspace(workspace);
            throw signal.aborted ? cancelled(this.id) : error;
        }
        // Ended while the launcher came up: whoever ends it waits for this, so that no process is missed.
        if (signal.aborted) throw cancelled(this.id);
    }

    async #launch(workspace: Workspace, token: string): Promise<ProcessGroup> {
        const launch = Executor.launch({ token, apiUri: this.#apiUri, buildId: this.id }, workspace.mountPoint);
        const env = environmentOf(launch, workspace, this.#settings.environment);
        const log = await open(this.log, 'a', 0o600);

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

    async #watch(group: ProcessGroup, workspace: Workspace): Promise<Exit> {
        this.#exit = await group.exited;
        this.#endedAt = performance.now();
        this.stopTimer();
        // What the launcher left running ends with it, as it would in a container.
        await group.end(this.#settings.gracePeriod);
        await removeWorkspace(workspace).catch((error: Error) => this.#warn(`its folder stays: ${error.message}`));

        return this.#exit;
    }

    async #report(token: string, exit: Exit): Promise<void> {
        if (this.#isStopped) return;
        const reason = this.#reason ?? `The launcher ended without having reported: ${describeExit(exit)}`;

        try {
            if (!(await reportFailure({ apiUri: this.#apiUri, buildId: this.id, token }, reason))) return;
            await this.#note(`FAILURE reported. ${reason}`);
        } catch (error) {
            await this.#warn(`FAILURE could not be reported (${(error as Error).message}). ${reason}`);
        }
        this.failure = reason;
    }

    /** Ends it for the API, which knows the outcome. Does not wait for a report: the API may stop it because of one. */
    async stop(): Promise<void> {
        this.#isStopped = true;
        await this.#end();
    }

    /** Ends it for a reason of the executor's own, which is reported. */
    async fail(reason: string): Promise<void> {
        if (!this.#exit) this.#reason ??= reason;
        await this.#end();
        await this.#reported;
    }

    async #end(): Promise<void> {
        this.stopTimer();
        this.#cancel.abort();
        await this.#starting.catch(() => {});
        await this.#group?.end(this.#settings.gracePeriod);
        await this.#over;
    }

    /** From now on it has so many minutes. */
    startTimer(minutes: number, onTimeout: () => void): void {
        this.stopTimer();
        if (this.#exit) return;
        this.#timer = setTimeout(
            () => {
                onTimeout();
                void this.fail(`The build took longer than its timeout of ${minutes} minutes`);
            },
            Math.min(minutes * 60_000, LONGEST_TIMEOUT)
        );
    }

    stopTimer(): void {
        clearTimeout(this.#timer);
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
        await appendFile(this.log, `[executor] ${text}\n`, { mode: 0o600 }).catch(() => {});
    }

    async #warn(text: string): Promise<void> {
        process.emitWarning(`Build ${this.id}: ${text}`, 'ProcessExecutorWarning');
        await this.#note(text);
    }
}
