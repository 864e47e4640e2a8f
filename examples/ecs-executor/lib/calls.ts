import Executor = require('screwdriver-executor-base');
import { familyOf, parameterOf, tagsOf } from './definition';
import { conflictIn, isGone, refused } from './errors';
import { Pace } from './pace';
import type { RegisterTaskDefinitionRequest, Task } from '@aws-sdk/client-ecs';
import type { Aws } from './aws';
import type { Settings } from './settings';

/** Becomes the reason of the task. */
const STOPPED = 'Stopped by Screwdriver';

/** The requests to ECS and SSM. To end or remove what does not exist is no error. */
export class Calls {
    #aws;
    #settings;
    #pace;

    constructor(aws: Aws, settings: Settings) {
        this.#aws = aws;
        this.#settings = settings;
        this.#pace = new Pace(settings.registerBurst, settings.registerRate);
    }

    /**
     * The ARN of a new definition.
     *
     * @param signal ends the wait for a turn
     * @param shutdown ends the request
     */
    async register(definition: RegisterTaskDefinitionRequest, signal: AbortSignal, shutdown: AbortSignal) {
        await this.#pace.turn(signal);
        const { taskDefinition } = await this.#aws.ask(
            ({ ecs }, options) => ecs.registerTaskDefinition(definition, options),
            shutdown
        );

        return taskDefinition?.taskDefinitionArn ?? '';
    }

    /** ECS deletes only what has been deregistered. */
    async deregister(taskDefinition: string, signal: AbortSignal) {
        const taskDefinitions = [taskDefinition];

        await this.#pace.turn(signal);
        await unlessGone(
            this.#aws.ask(({ ecs }, options) => ecs.deregisterTaskDefinition({ taskDefinition }, options), signal)
        );
        await unlessGone(
            this.#aws.ask(({ ecs }, options) => ecs.deleteTaskDefinitions({ taskDefinitions }, options), signal)
        );
    }

    /** The ARNs of a build's definitions. The filter keeps out other families whose names begin the same. */
    async definitions(buildId: Executor.BuildId, signal: AbortSignal) {
        const familyPrefix = familyOf(this.#settings, buildId);
        const { taskDefinitionArns = [] } = await this.#aws.ask(
            ({ ecs }, options) => ecs.listTaskDefinitions({ familyPrefix, status: 'ACTIVE' }, options),
            signal
        );

        return taskDefinitionArns.filter(arn => arn.replace(/^.*\/|:\d+$/g, '') === familyPrefix);
    }

    /** Whether a build has a definition that is younger than `settleSeconds`, so its task may not be listed yet. */
    async isRecent(buildId: Executor.BuildId, signal: AbortSignal) {
        const taskDefinition = familyOf(this.#settings, buildId);
        const answer = await unlessGone(
            this.#aws.ask(({ ecs }, options) => ecs.describeTaskDefinition({ taskDefinition }, options), signal)
        );
        const registeredAt = answer?.taskDefinition?.registeredAt?.getTime() ?? -Infinity;

        return Date.now() - registeredAt < this.#settings.settleSeconds * 1000;
    }

    async putToken(buildId: Executor.BuildId, token: string, signal: AbortSignal) {
        const Name = parameterOf(this.#settings, buildId);
        const parameter = { Name, Value: token, Type: 'SecureString' as const, Overwrite: true };

        await this.#aws.ask(({ ssm }, options) => ssm.putParameter(parameter, options), signal, token);
    }

    async deleteToken(buildId: Executor.BuildId, signal: AbortSignal) {
        const Name = parameterOf(this.#settings, buildId);

        await unlessGone(this.#aws.ask(({ ssm }, options) => ssm.deleteParameter({ Name }, options), signal));
    }

    /**
     * The ARN of the task that a client token stands for, and whether it was run for this definition. ECS runs one task for
     * each client token.
     */
    async run(config: Executor.StartConfig, taskDefinition: string, clientToken: string, signal: AbortSignal) {
        const { cluster, launchType, capacityProviderStrategy, networkMode, prefix, subnets, securityGroups } =
            this.#settings;
        const assignPublicIp = this.#settings.assignPublicIp ? ('ENABLED' as const) : ('DISABLED' as const);
        const request = {
            cluster,
            taskDefinition,
            clientToken,
            startedBy: `${prefix}executor`,
            tags: tagsOf(config),
            ...(capacityProviderStrategy.length > 0 ? { capacityProviderStrategy } : { launchType }),
            ...(networkMode === 'awsvpc' && {
                networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups, assignPublicIp } }
            })
        };

        try {
            const { tasks = [], failures } = await this.#aws.ask(
                ({ ecs }, options) => ecs.runTask(request, options),
                signal
            );

            if (!tasks[0]?.taskArn) throw refused(failures);

            return { arn: tasks[0].taskArn, isOwn: true };
        } catch (error) {
            const [arn] = conflictIn(error);

            if (!arn) throw error;

            return { arn, isOwn: false };
        }
    }

    async stop(task: string, signal: AbortSignal) {
        const order = { cluster: this.#settings.cluster, task, reason: STOPPED };

        await unlessGone(this.#aws.ask(({ ecs }, options) => ecs.stopTask(order, options), signal));
    }

    /**
     * The ARNs of a build's tasks that should run, or that are ending or have ended. Found by family: a stop removes a task's
     * tags, and ECS does not combine `startedBy` with other filters.
     */
    async list(buildId: Executor.BuildId, desiredStatus: 'RUNNING' | 'STOPPED', signal: AbortSignal) {
        const request = { cluster: this.#settings.cluster, family: familyOf(this.#settings, buildId), desiredStatus };

        return (await this.#aws.ask(({ ecs }, options) => ecs.listTasks(request, options), signal)).taskArns ?? [];
    }

    /** What ECS knows of up to a hundred tasks. Leaves out those that it has forgotten or does not know yet. */
    async describe(tasks: string[], signal: AbortSignal): Promise<Task[]> {
        if (tasks.length === 0) return [];
        const request = { cluster: this.#settings.cluster, tasks };

        return (await this.#aws.ask(({ ecs }, options) => ecs.describeTasks(request, options), signal)).tasks ?? [];
    }
}

async function unlessGone<Answer>(work: Promise<Answer>): Promise<Answer | undefined> {
    try {
        return await work;
    } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
    }
}
