import { setTimeout as wait } from 'node:timers/promises';
import Executor = require('screwdriver-executor-base');
import { definitionOf, familyOf, parameterOf, tagsOf } from './definition';
import { conflictIn, isGone, refused, unconfirmed } from './errors';
import { isOver, isStopped } from './explain';
import { Pace } from './pace';
import { Poller } from './poller';
import type { Task } from '@aws-sdk/client-ecs';
import type { Aws } from './aws';
import type { Settings } from './settings';

/** Seconds beyond its grace time within which a task must have ended. */
const END_BUFFER = 30;
/** StopTask's word, which becomes the reason of the task. */
const STOPPED = 'Stopped by Screwdriver';

/** What this process has made of a build. */
interface Made {
    /** ECS may not list it yet. */
    task?: string;
    /** Definitions that no RunTask was sent for. */
    unsent: Set<string>;
}

/** What stands on ECS for each build: its family of task definitions, its tasks, and the parameter with its token. */
export class Builds {
    #aws;
    #settings;
    #pace;
    #made = new Map<string, Made>();
    readonly poller: Poller;

    constructor(aws: Aws, settings: Settings) {
        this.#aws = aws;
        this.#settings = settings;
        this.#pace = new Pace(settings.registerBurst, settings.registerRate);
        this.poller = new Poller(
            (arns, signal) => this.#describe(arns, signal),
            settings.pollEvery,
            settings.settleSeconds * 1000
        );
    }

    /** The build's task: the one that runs, or else the last one. ECS forgets it an hour after its end. */
    async find(buildId: Executor.BuildId, signal: AbortSignal): Promise<Task | undefined> {
        const known = this.#madeOf(buildId).task;
        const [own] = known ? await this.#describe([known], signal) : [];

        if (own && !isOver(own)) return own;
        for (const status of ['RUNNING', 'STOPPED'] as const) {
            const tasks = await this.#describe(await this.#list(buildId, status, signal), signal);
            const [last] = tasks.sort((one, other) => Number(other.createdAt) - Number(one.createdAt));

            if (last) return last;
        }

        return own;
    }

    /** Whether a task may have been run that ECS does not list yet. */
    async isRecent(buildId: Executor.BuildId, signal: AbortSignal) {
        return (await this.#registeredSince(buildId, signal)) < this.#settings.settleSeconds * 1000;
    }

    /** The ARN of a new definition for a build. It costs as much of the account's quota as all else together. */
    async register(config: Executor.StartConfig, annotations: Executor.ParsedAnnotations, signal: AbortSignal) {
        const definition = definitionOf(config, annotations, this.#settings);

        await this.#pace.turn(true, signal);
        const { taskDefinition } = await this.#aws.ask(
            ({ ecs }, options) => ecs.registerTaskDefinition(definition, options),
            signal
        );
        const arn = taskDefinition?.taskDefinitionArn ?? '';

        this.#madeOf(config.buildId).unsent.add(arn);

        return arn;
    }

    /** Takes the definition away, when its turn has come. */
    async drop(definition: string, signal: AbortSignal) {
        await this.#pace.turn(false, signal);
        for (const work of [
            this.#aws.ask(
                ({ ecs }, options) => ecs.deregisterTaskDefinition({ taskDefinition: definition }, options),
                signal
            )
        ])
            await unlessGone(work);
        await unlessGone(
            this.#aws.ask(
                ({ ecs }, options) => ecs.deleteTaskDefinitions({ taskDefinitions: [definition] }, options),
                signal
            )
        );
    }

    /** @param token the build's own */
    async putToken(buildId: Executor.BuildId, token: string, signal: AbortSignal) {
        const { kmsKey } = this.#settings;
        const parameter = {
            Name: parameterOf(this.#settings, buildId),
            Value: token,
            Type: 'SecureString' as const,
            Overwrite: true,
            ...(kmsKey && { KeyId: kmsKey })
        };

        await this.#aws.ask(({ ssm }, options) => ssm.putParameter(parameter, options), signal, {
            isPatient: true,
            secret: token
        });
    }

    async deleteToken(buildId: Executor.BuildId, signal: AbortSignal) {
        const parameter = { Name: parameterOf(this.#settings, buildId) };

        await unlessGone(this.#aws.ask(({ ssm }, options) => ssm.deleteParameter(parameter, options), signal));
    }

    /**
     * Runs the build's task, unless another start does: the client token is the build's, and ECS runs one task for it, so
     * that an answer may be lost, or two processes be at it. One whose task has ended is followed by the next.
     */
    async run(config: Executor.StartConfig, definition: string, signal: AbortSignal) {
        const { settings, made } = { settings: this.#settings, made: this.#madeOf(config.buildId) };
        const { cluster, launchType, capacityProviderStrategy, networkMode, subnets, securityGroups } = settings;
        const request = {
            cluster,
            taskDefinition: definition,
            count: 1,
            startedBy: `${settings.prefix}executor`,
            tags: tagsOf(config),
            ...(capacityProviderStrategy.length > 0 ? { capacityProviderStrategy } : { launchType }),
            ...(networkMode === 'awsvpc' && {
                networkConfiguration: {
                    awsvpcConfiguration: {
                        subnets,
                        securityGroups,
                        assignPublicIp: settings.assignPublicIp ? ('ENABLED' as const) : ('DISABLED' as const)
                    }
                }
            })
        };

        for (let nth = 1; ; nth += 1) {
            const clientToken = `${familyOf(settings, config.buildId)}-${nth}`;

            try {
                made.unsent.delete(definition);
                const { tasks = [], failures } = await this.#aws.ask(
                    ({ ecs }, options) => ecs.runTask({ ...request, clientToken }, options),
                    signal,
                    { isPatient: true }
                );
                const arn = tasks[0]?.taskArn;

                if (!arn) throw refused(failures);
                made.task = arn;

                return { arn, isOwn: true };
            } catch (error) {
                const [arn] = conflictIn(error);

                if (!arn) throw error;
                const task = await this.poller.until(arn, () => true, signal);

                if (task && !isOver(task)) return { arn, isOwn: false };
            }
        }
    }

    /** Orders the end of the build's tasks, and gives their ARNs. */
    async stop(buildId: Executor.BuildId, signal: AbortSignal): Promise<string[]> {
        const { task } = this.#madeOf(buildId);
        const arns = new Set([...(await this.#list(buildId, 'RUNNING', signal, true)), ...(task ? [task] : [])]);
        const { cluster } = this.#settings;

        for (const arn of arns) {
            const order = { cluster, task: arn, reason: STOPPED };

            await unlessGone(
                this.#aws.ask(({ ecs }, options) => ecs.stopTask(order, options), signal, { isPatient: true })
            );
        }

        return [...arns];
    }

    /**
     * Waits for the end of tasks that were told to end, and removes what else there is of the build. Rejects where ECS does
     * not confirm their end.
     */
    async remove(buildId: Executor.BuildId, tasks: string[], grace: number, signal: AbortSignal) {
        const definitions = await this.#definitions(buildId, signal);

        if (tasks.length === 0 && definitions.length > 0) tasks = await this.#late(buildId, definitions, signal);
        try {
            for (const arn of tasks) await this.#gone(arn, (grace + END_BUFFER) * 1000, signal);
        } finally {
            if (definitions.length > 0 || tasks.length > 0) await this.deleteToken(buildId, signal);
            for (const definition of definitions) await this.drop(definition, signal);
            this.#made.delete(Executor.buildIdFrom({ buildId }));
        }
    }

    /** A task that was run just before, by another process, and that ECS has not listed when it was asked to stop it. */
    async #late(buildId: Executor.BuildId, definitions: string[], signal: AbortSignal): Promise<string[]> {
        const { unsent } = this.#madeOf(buildId);

        if (definitions.every(definition => unsent.has(definition))) return [];
        for (;;) {
            const ended = await this.#describe(await this.#list(buildId, 'STOPPED', signal), signal);

            if (definitions.some(arn => ended.some(({ taskDefinitionArn }) => taskDefinitionArn === arn))) return [];
            if (!(await this.isRecent(buildId, signal))) return [];
            await wait(this.#settings.pollEvery, undefined, { signal });
            const tasks = await this.stop(buildId, signal);

            if (tasks.length > 0) return tasks;
        }
    }

    async #gone(arn: string, milliseconds: number, signal: AbortSignal) {
        const limit = AbortSignal.timeout(milliseconds);

        try {
            await this.poller.until(arn, isStopped, AbortSignal.any([signal, limit]));
        } catch (error) {
            throw limit.aborted && !signal.aborted ? unconfirmed(arn) : error;
        }
    }

    #madeOf(buildId: Executor.BuildId): Made {
        const id = Executor.buildIdFrom({ buildId });
        const made = this.#made.get(id) ?? { unsent: new Set() };

        this.#made.set(id, made);

        return made;
    }

    /** A family is asked for: `startedBy` goes with no other filter, and a stop takes the tags away. */
    async #list(
        buildId: Executor.BuildId,
        desiredStatus: 'RUNNING' | 'STOPPED',
        signal: AbortSignal,
        isPatient = false
    ) {
        const request = { cluster: this.#settings.cluster, family: familyOf(this.#settings, buildId), desiredStatus };
        const { taskArns = [] } = await this.#aws.ask(({ ecs }, options) => ecs.listTasks(request, options), signal, {
            isPatient
        });

        return taskArns;
    }

    /** What ECS knows of tasks: it leaves out those that it has forgotten, or does not know yet. */
    async #describe(arns: string[], signal: AbortSignal): Promise<Task[]> {
        if (arns.length === 0) return [];
        const request = { cluster: this.#settings.cluster, tasks: arns };

        return (await this.#aws.ask(({ ecs }, options) => ecs.describeTasks(request, options), signal)).tasks ?? [];
    }

    /** Those that were not taken away. ECS may take a family for the beginning of others' names. */
    async #definitions(buildId: Executor.BuildId, signal: AbortSignal) {
        const family = familyOf(this.#settings, buildId);
        const request = { familyPrefix: family, status: 'ACTIVE' as const };
        const { taskDefinitionArns: arns = [] } = await this.#aws.ask(
            ({ ecs }, options) => ecs.listTaskDefinitions(request, options),
            signal,
            { isPatient: true }
        );

        return arns.filter(arn => arn.replace(/^.*\/|:\d+$/g, '') === family);
    }

    /** Milliseconds since the last definition of a build was registered; Infinity where there is none. */
    async #registeredSince(buildId: Executor.BuildId, signal: AbortSignal) {
        const request = { taskDefinition: familyOf(this.#settings, buildId) };
        const answer = await unlessGone(
            this.#aws.ask(({ ecs }, options) => ecs.describeTaskDefinition(request, options), signal)
        );

        return Date.now() - (answer?.taskDefinition?.registeredAt?.getTime() ?? -Infinity);
    }
}

async function unlessGone<Result>(work: Promise<Result>): Promise<Result | undefined> {
    try {
        return await work;
    } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
    }
}
