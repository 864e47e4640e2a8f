import { setTimeout as wait } from 'node:timers/promises';
import Executor = require('screwdriver-executor-base');
import { definitionOf, familyOf } from './definition';
import { unconfirmed } from './errors';
import { isOver, isStopped } from './explain';
import { Pace } from './pace';
import { Poller } from './poller';
import type { Task } from '@aws-sdk/client-ecs';
import type { Calls } from './calls';
import type { Settings } from './settings';

/** Seconds beyond its grace time within which a task must have ended. */
const END_BUFFER = 30;
/** The most builds that are kept in mind: nobody may ever stop them. */
const MOST = 1000;

/** What this process knows of a build that it has started, until it is stopped. */
interface Made {
    /** The ARN of its task: ECS may not list it yet. */
    task?: string;
    /** The ARNs of definitions that no RunTask was sent for. */
    unsent: Set<string>;
}

/** What stands on ECS for each build: its family of task definitions, its tasks, and the parameter with its token. */
export class Builds {
    readonly poller: Poller;
    #calls;
    #settings;
    #pace;
    #made = new Map<string, Made>();

    constructor(calls: Calls, settings: Settings) {
        const { pollEvery, registerBurst, registerRate, settleSeconds } = settings;

        this.#calls = calls;
        this.#settings = settings;
        this.#pace = new Pace(registerBurst, registerRate);
        this.poller = new Poller((arns, signal) => calls.describe(arns, signal), pollEvery, settleSeconds * 1000);
    }

    /** The build's task: the one that runs, or else the last one. ECS forgets it an hour after its end. */
    async find(buildId: Executor.BuildId, signal: AbortSignal): Promise<Task | undefined> {
        const known = this.#taskOf(buildId);
        const [own] = known ? await this.#calls.describe([known], signal) : [];

        if (own && !isOver(own)) return own;
        for (const status of ['RUNNING', 'STOPPED'] as const) {
            const tasks = await this.#calls.describe(await this.#calls.list(buildId, status, signal), signal);
            const [last] = tasks.sort((one, other) => Number(other.createdAt) - Number(one.createdAt));

            if (last) return last;
        }

        return own;
    }

    /** Whether a task may have been run that ECS does not list yet. */
    async isRecent(buildId: Executor.BuildId, signal: AbortSignal) {
        return (await this.#calls.sinceRegistered(buildId, signal)) < this.#settings.settleSeconds * 1000;
    }

    /**
     * The ARN of a new definition for a build, when its turn has come.
     *
     * @param signal ends the wait for that
     * @param shutdown ends the request
     */
    async register(
        config: Executor.StartConfig,
        annotations: Executor.ParsedAnnotations,
        signal: AbortSignal,
        shutdown: AbortSignal
    ) {
        const definition = definitionOf(config, annotations, this.#settings);

        await this.#pace.turn(true, signal);
        const arn = await this.#calls.register(definition, shutdown);

        this.#remember(config.buildId).unsent.add(arn);

        return arn;
    }

    /** Takes a definition away, when its turn has come. */
    async drop(definition: string, signal: AbortSignal) {
        await this.#pace.turn(false, signal);
        await this.#calls.deregister(definition, signal);
    }

    /**
     * Runs the build's task, unless another start does: the client token is the build's, so that an answer may be lost, or
     * two processes be at it. One whose task has ended is followed by the next.
     */
    async run(config: Executor.StartConfig, definition: string, signal: AbortSignal) {
        const made = this.#remember(config.buildId);

        for (let nth = 1; ; nth += 1) {
            const clientToken = `${familyOf(this.#settings, config.buildId)}-${nth}`;

            made.unsent.delete(definition);
            const { arn, isOwn } = await this.#calls.run(config, definition, clientToken, signal);

            if (isOwn) made.task = arn;
            if (isOwn) return { arn, isOwn };
            const task = await this.poller.until(arn, () => true, signal);

            if (task && !isOver(task)) return { arn, isOwn };
        }
    }

    /** Whether this process has run a task for the build. */
    hasRun(buildId: Executor.BuildId) {
        return this.#taskOf(buildId) !== undefined;
    }

    /** Orders the end of the tasks of one definition, of which an answer that was lost may have told. */
    async stopOf(buildId: Executor.BuildId, definition: string, signal: AbortSignal) {
        if (this.#remember(buildId).unsent.has(definition)) return;
        const tasks = await this.#calls.describe(await this.#calls.list(buildId, 'RUNNING', signal, true), signal);

        for (const { taskArn = '', taskDefinitionArn } of tasks)
            if (taskDefinitionArn === definition) await this.#calls.stop(taskArn, signal);
    }

    /** Orders the end of the build's tasks, and gives their ARNs. */
    async stop(buildId: Executor.BuildId, signal: AbortSignal): Promise<string[]> {
        const known = this.#taskOf(buildId);
        const tasks = new Set(await this.#calls.list(buildId, 'RUNNING', signal, true));

        if (known) tasks.add(known);
        for (const task of tasks) await this.#calls.stop(task, signal);

        return [...tasks];
    }

    /**
     * Waits for the end of tasks that were told to end, and removes what else there is of the build. Rejects where ECS does
     * not confirm their end.
     *
     * @param grace seconds
     */
    async remove(buildId: Executor.BuildId, tasks: string[], grace: number, signal: AbortSignal) {
        const definitions = await this.#calls.definitions(buildId, signal);

        if (definitions.length > 0 && tasks.length === 0) tasks = await this.#others(buildId, definitions, signal);
        try {
            for (const task of tasks) await this.#gone(task, (grace + END_BUFFER) * 1000, signal);
        } finally {
            if (definitions.length > 0) await this.#calls.deleteToken(buildId, signal);
            for (const definition of definitions) await this.drop(definition, signal);
            this.#made.delete(Executor.buildIdFrom({ buildId }));
        }
    }

    /** Tasks that another process has ended, or has run so late that ECS did not list them when they were to be stopped. */
    async #others(buildId: Executor.BuildId, definitions: string[], signal: AbortSignal): Promise<string[]> {
        const { unsent } = this.#remember(buildId);

        if (definitions.every(definition => unsent.has(definition))) return [];
        for (;;) {
            const ended = await this.#calls.describe(await this.#calls.list(buildId, 'STOPPED', signal), signal);
            const those = ended.filter(({ taskDefinitionArn = '' }) => definitions.includes(taskDefinitionArn));

            if (those.length > 0) return those.filter(task => !isStopped(task)).map(({ taskArn = '' }) => taskArn);
            if (!(await this.isRecent(buildId, signal))) return [];
            await wait(this.#settings.pollEvery, undefined, { signal });
            const tasks = await this.stop(buildId, signal);

            if (tasks.length > 0) return tasks;
        }
    }

    async #gone(task: string, milliseconds: number, signal: AbortSignal) {
        const limit = AbortSignal.timeout(milliseconds);

        try {
            await this.poller.until(task, isStopped, AbortSignal.any([signal, limit]));
        } catch (error) {
            throw limit.aborted && !signal.aborted ? unconfirmed(task) : error;
        }
    }

    #taskOf(buildId: Executor.BuildId) {
        return this.#made.get(Executor.buildIdFrom({ buildId }))?.task;
    }

    #remember(buildId: Executor.BuildId): Made {
        const id = Executor.buildIdFrom({ buildId });
        const made = this.#made.get(id) ?? { unsent: new Set() };
        const [oldest = ''] = this.#made.size < MOST ? [] : this.#made.keys();

        this.#made.delete(oldest);
        this.#made.set(id, made);

        return made;
    }
}
