import { setTimeout as wait } from 'node:timers/promises';
import { familyOf } from './definition';
import { awsError, unconfirmed } from './errors';
import { isStopped, wasStopped } from './explain';
import { Poller } from './poller';
import type { Task } from '@aws-sdk/client-ecs';
import type { BuildId, StartConfig } from 'screwdriver-executor-base';
import type { Calls } from './calls';
import type { Settings } from './settings';

/** Seconds beyond the grace time within which ECS should end a task. */
const END_BUFFER = 30;

/** What AWS has for each build: a family of task definitions, tasks, and the parameter with the token. */
export class Builds {
    readonly calls: Calls;
    readonly poller: Poller;
    #settings;

    constructor(calls: Calls, settings: Settings) {
        this.calls = calls;
        this.poller = new Poller((arns, signal) => calls.describe(arns, signal), settings);
        this.#settings = settings;
    }

    /** The build's task: one that runs, otherwise the last one. ECS forgets it about an hour after its end. */
    async find(buildId: BuildId, signal: AbortSignal): Promise<Task | undefined> {
        for (const status of ['RUNNING', 'STOPPED'] as const) {
            const tasks = await this.tasks(buildId, status, signal);
            const [last] = tasks.sort((one, other) => Number(other.createdAt) - Number(one.createdAt));

            if (last) return last;
        }

        return undefined;
    }

    async tasks(buildId: BuildId, status: 'RUNNING' | 'STOPPED', signal: AbortSignal) {
        return this.calls.describe(await this.calls.list(buildId, status, signal), signal);
    }

    /**
     * Runs the build's task, unless another start does. The client token depends on the build alone: if an answer is lost, or
     * two processes start the build, ECS runs one task. A build whose task was stopped, or is forgotten, gets the next token.
     */
    async run(config: StartConfig, definition: string, signal: AbortSignal) {
        for (let nth = 1; ; nth += 1) {
            const clientToken = `${familyOf(this.#settings, config.buildId)}-${nth}`;
            const run = await this.calls.run(config, definition, clientToken, signal);
            const task = run.isOwn ? undefined : await this.poller.until(run.arn, () => true, signal);

            if (run.isOwn || (task && !wasStopped(task))) return run;
        }
    }

    /** Orders the end of the build's tasks and returns their ARNs. */
    async stop(buildId: BuildId, signal: AbortSignal) {
        const tasks = await this.calls.list(buildId, 'RUNNING', signal);

        for (const task of tasks) await this.calls.stop(task, signal);

        return tasks;
    }

    /**
     * Waits for the end of the tasks that were stopped, and removes everything else of the build. Rejects if ECS does not
     * confirm their end.
     *
     * @param grace seconds
     */
    async remove(buildId: BuildId, stopped: string[], grace: number, signal: AbortSignal) {
        const definitions = await this.calls.definitions(buildId, signal);
        const isUnlisted = stopped.length === 0 && definitions.length > 0;
        const tasks = isUnlisted ? await this.#unlisted(buildId, definitions, signal) : stopped;

        try {
            for (const task of tasks) await this.#gone(task, (grace + END_BUFFER) * 1000, signal);
        } finally {
            // The definitions go last: without them, the next stop does not look for the rest.
            if (definitions.length > 0) await this.calls.deleteToken(buildId, signal);
            for (const definition of definitions) await this.calls.deregister(definition, signal);
        }
    }

    /** In the background nobody hears of a failure. */
    log(buildId: BuildId, error: unknown) {
        this.#settings.log(`build ${buildId}: ${awsError(error).message}`);
    }

    /** Tasks that another process is ending, or that ECS lists so late that the stop did not see them. */
    async #unlisted(buildId: BuildId, definitions: string[], signal: AbortSignal): Promise<string[]> {
        for (;;) {
            const ended = await this.tasks(buildId, 'STOPPED', signal);
            const own = ended.filter(({ taskDefinitionArn = '' }) => definitions.includes(taskDefinitionArn));

            if (own.length > 0) return own.filter(task => !isStopped(task)).map(({ taskArn = '' }) => taskArn);
            if (!(await this.calls.isRecent(buildId, signal))) return [];
            await wait(this.#settings.pollEvery, undefined, { signal });
            const tasks = await this.stop(buildId, signal);

            if (tasks.length > 0) return tasks;
        }
    }

    async #gone(task: string, milliseconds: number, signal: AbortSignal) {
        const limit = new AbortController();
        const timer = setTimeout(() => limit.abort(unconfirmed(task)), milliseconds);

        try {
            await this.poller.until(task, isStopped, AbortSignal.any([signal, limit.signal]));
        } finally {
            clearTimeout(timer);
        }
    }
}
