import Executor = require('screwdriver-executor-base');
import { graceFrom, minutesFrom } from './definition';
import { awsError, ended } from './errors';
import { FORGOTTEN, describe, hasRun, isOver, isStopped, reasonOf, wasStopped } from './explain';
import type { Builds } from './builds';
import type { Calls } from './calls';
import type { Settings } from './settings';

/** Minutes that the build's token outlives its build's timeout and grace time. */
const TOKEN_BUFFER = 30;

/**
 * What a start goes through. Each step makes what is not there: a queue may deliver a start twice, and the process that had
 * it first may have died, or still be at it. A request that makes something ends by a shutdown alone, since ECS may carry
 * out what its client has given up.
 */
export class Start {
    #executor;
    #builds;
    #calls;
    #settings;
    #signal;
    #shutdown;

    /** @param signals the first one is aborted by a shutdown, too */
    constructor(
        executor: Executor,
        builds: Builds,
        calls: Calls,
        settings: Settings,
        { signal, shutdown }: { signal: AbortSignal; shutdown: AbortSignal }
    ) {
        this.#executor = executor;
        this.#builds = builds;
        this.#calls = calls;
        this.#settings = settings;
        this.#signal = signal;
        this.#shutdown = shutdown;
    }

    /** Resolves once the build's container has run, whoever has started it; with `false` where the build was stopped. */
    async bringUp(config: Executor.StartConfig): Promise<false | undefined> {
        const found = await this.#builds.find(config.buildId, this.#signal);

        if (!found) return this.#make(config);
        if (!isOver(found)) return this.#await(config, found.taskArn ?? '');
        await this.#builds.poller.until(found.taskArn ?? '', isStopped, this.#signal);
        if (!(await this.#isAwaited(config))) return wasStopped(found) ? false : undefined;
        if (!wasStopped(found)) throw ended(config.buildId, reasonOf(found, 0) || describe(found));

        return this.#make(config);
    }

    /** The definition comes first, which may wait for its turn, and the token last: its clock starts with the exchange. */
    async #make(config: Executor.StartConfig) {
        const annotations = this.#executor.parseAnnotations(config.annotations);
        const definition = await this.#builds.register(config, annotations, this.#signal, this.#shutdown);
        let task: { arn: string; isOwn: boolean } | undefined;

        try {
            task = await this.#run(config, definition);
            if (!task.isOwn) await this.#builds.drop(definition, this.#signal);

            return await this.#await(config, task.arn);
        } catch (error) {
            // A stop, or who has the start next, goes on with what is there.
            if (this.#signal.aborted) throw error;
            await this.#takeBack(config.buildId, definition, task).catch((failure: unknown) => {
                this.#settings.log(`build ${config.buildId}: ${awsError(failure).message}`);
            });
            throw error;
        }
    }

    /** The build's task, which may be that of another start. */
    async #run(config: Executor.StartConfig, definition: string) {
        const { buildId } = config;

        try {
            await this.#calls.putToken(buildId, await this.#exchange(config), this.#shutdown);
        } catch (error) {
            const other = isForbidden(error) && (await this.#builds.find(buildId, this.#signal));

            // Another start has come first.
            if (other && !isOver(other)) return { arn: other.taskArn ?? '', isOwn: false };
            throw error;
        }
        this.#signal.throwIfAborted();

        return this.#builds.run(config, definition, this.#shutdown);
    }

    async #await({ buildId }: Executor.StartConfig, arn: string): Promise<false | undefined> {
        const task = await this.#builds.poller.until(arn, one => hasRun(one) || isStopped(one), this.#signal);

        // ECS has read it when it starts the container.
        await this.#calls.deleteToken(buildId, this.#signal);
        if (task && hasRun(task)) return undefined;
        if (task && wasStopped(task)) return false;
        throw ended(buildId, task ? reasonOf(task, 0) || describe(task) : FORGOTTEN);
    }

    /** What others have made has nothing to do with the failure. */
    async #takeBack(buildId: Executor.BuildId, definition: string, task?: { arn: string; isOwn: boolean }) {
        if (task?.isOwn) await this.#calls.stop(task.arn, this.#signal);
        if (!task) await this.#builds.stopOf(buildId, definition, this.#signal);
        if (!task || task.isOwn) await this.#calls.deleteToken(buildId, this.#signal);
        await this.#builds.drop(definition, this.#signal);
    }

    /** Whether the API waits for the build to run: it gives a token then. */
    async #isAwaited(config: Executor.StartConfig) {
        try {
            await this.#exchange(config);

            return true;
        } catch (error) {
            if (isForbidden(error)) return false;
            throw error;
        }
    }

    #exchange(config: Executor.StartConfig) {
        const minutes = minutesFrom(config.annotations, this.#settings);
        const bufferMinutes = TOKEN_BUFFER + graceFrom(config.annotations, this.#settings) / 60;

        return this.#executor.exchangeTokenForBuild(config, minutes, { bufferMinutes, signal: this.#signal });
    }
}

/** @param error of an exchange */
function isForbidden(error: unknown) {
    return (error as { code?: string }).code === 'EXECUTOR_EXCHANGE_FORBIDDEN';
}
