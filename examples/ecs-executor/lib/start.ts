import Executor = require('screwdriver-executor-base');
import { definitionOf, graceFrom, minutesFrom } from './definition';
import { ended } from './errors';
import { FORGOTTEN, describe, hasRun, isStopped, reasonOf, wasStopped } from './explain';
import type { Task } from '@aws-sdk/client-ecs';
import type { Builds } from './builds';
import type { Settings } from './settings';

/** Minutes that the build's token outlives its build's timeout and grace time. */
const TOKEN_BUFFER = 30;

/**
 * The steps of a start. Each step makes what does not exist yet, since a queue may deliver a start twice, and the process
 * that got it first may have died or may still be working. Only a shutdown ends a request that makes something: AWS may carry
 * it out although its client has given up.
 */
export class Start {
    /** The task that this start has run, and the build's token. */
    made: { task: string; token: string } | undefined;
    #executor;
    #builds;
    #settings;
    #signal;
    #shutdown;

    /** @param signals the first one is aborted by a shutdown, too */
    constructor(
        executor: Executor,
        builds: Builds,
        settings: Settings,
        { signal, shutdown }: { signal: AbortSignal; shutdown: AbortSignal }
    ) {
        this.#executor = executor;
        this.#builds = builds;
        this.#settings = settings;
        this.#signal = signal;
        this.#shutdown = shutdown;
    }

    /**
     * Resolves once the build runs, whoever has started it, or if it has ended and the API knows that it ran. Resolves with
     * `false` if it was stopped.
     */
    async bringUp(config: Executor.StartConfig): Promise<false | undefined> {
        const { buildId } = config;
        const found = await this.#builds.find(buildId, this.#signal);

        if (found && !wasStopped(found)) {
            if (isStopped(found) && (await this.#exchange(config))) throw ended(buildId, wordsFor(found));

            return this.#waitFor(buildId, found.taskArn);
        }
        // A stopped build may be started again. Whether the API wants that shows in the exchange.
        if (found) await this.#builds.poller.until(found.taskArn ?? '', isStopped, this.#signal);

        return this.#make(config);
    }

    /** The definition may have to wait for its turn. The token comes last, since its lifetime starts with the exchange. */
    async #make(config: Executor.StartConfig) {
        const { buildId, annotations } = config;
        const body = definitionOf(config, this.#executor.parseAnnotations(annotations), this.#settings);
        const definition = await this.#builds.calls.register(body, this.#signal, this.#shutdown);

        try {
            const task = await this.#run(config, definition);

            if (!this.made) await this.#builds.calls.deregister(definition, this.#signal);

            return await this.#waitFor(buildId, task);
        } catch (error) {
            // A stop, or the next start, continues with what exists.
            if (this.#signal.aborted) throw error;
            await this.#takeBack(buildId, definition).catch(failure => this.#builds.log(buildId, failure));
            throw error;
        }
    }

    /** The ARN of the build's task, which may be that of another start. */
    async #run(config: Executor.StartConfig, definition: string) {
        const { buildId } = config;
        const token = await this.#exchange(config);

        if (!token) return (await this.#builds.find(buildId, this.#signal))?.taskArn;
        await this.#builds.calls.putToken(buildId, token, this.#shutdown);
        this.#signal.throwIfAborted();
        const { arn, isOwn } = await this.#builds.run(config, definition, this.#shutdown);

        if (isOwn) this.made = { task: arn, token };

        return arn;
    }

    /** Undefined if the API does not let the build start any more, because it has a task. */
    async #exchange(config: Executor.StartConfig) {
        const minutes = minutesFrom(config.annotations, this.#settings);
        const bufferMinutes = TOKEN_BUFFER + graceFrom(config.annotations, this.#settings) / 60;

        try {
            return await this.#executor.exchangeTokenForBuild(config, minutes, { bufferMinutes, signal: this.#signal });
        } catch (error) {
            const isForbidden = (error as Executor.ExecutorError).code === 'EXECUTOR_EXCHANGE_FORBIDDEN';

            if (isForbidden && (await this.#builds.find(config.buildId, this.#signal))) return undefined;
            throw error;
        }
    }

    async #waitFor(buildId: Executor.BuildId, arn = ''): Promise<false | undefined> {
        const task = await this.#builds.poller.until(arn, one => hasRun(one) || isStopped(one), this.#signal);

        if (task && wasStopped(task)) return false;
        if (!task || !hasRun(task)) throw ended(buildId, wordsFor(task));
        // ECS has read it. If this fails, the stop deletes it.
        await this.#builds.calls
            .deleteToken(buildId, this.#signal)
            .catch((error: unknown) => this.#builds.log(buildId, error));

        return undefined;
    }

    async #takeBack(buildId: Executor.BuildId, definition: string) {
        const { calls } = this.#builds;
        const tasks = await this.#builds.tasks(buildId, 'RUNNING', this.#signal);
        const others = tasks.filter(({ taskDefinitionArn }) => taskDefinitionArn !== definition);
        const own = tasks.filter(task => !others.includes(task)).map(({ taskArn = '' }) => taskArn);

        // ECS may not list it yet.
        if (this.made) own.push(this.made.task);
        for (const task of new Set(own)) await calls.stop(task, this.#signal);
        // The task of another start may still need it.
        if (others.length === 0) await calls.deleteToken(buildId, this.#signal);
        await calls.deregister(definition, this.#signal);
    }
}

function wordsFor(task: Task | undefined) {
    return task ? reasonOf(task, 0) || describe(task) : FORGOTTEN;
}
