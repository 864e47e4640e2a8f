import Executor = require('screwdriver-executor-base');
import { familyOf, parameterOf, tagsOf } from './definition';
import { conflictIn, isGone, refused } from './errors';
import type { RegisterTaskDefinitionRequest, Task } from '@aws-sdk/client-ecs';
import type { Aws } from './aws';
import type { Settings } from './settings';

/** StopTask's word, which becomes the reason of the task. */
const STOPPED = 'Stopped by Screwdriver';
const PATIENT = { isPatient: true };

/** What is asked of ECS and SSM, one method for each of their operations. Where they have nothing, that is no error. */
export class Calls {
    #aws;
    #settings;

    constructor(aws: Aws, settings: Settings) {
        this.#aws = aws;
        this.#settings = settings;
    }

    /** The ARN of a new definition. */
    async register(definition: RegisterTaskDefinitionRequest, signal: AbortSignal) {
        const { taskDefinition } = await this.#aws.ask(
            ({ ecs }, options) => ecs.registerTaskDefinition(definition, options),
            signal
        );

        return taskDefinition?.taskDefinitionArn ?? '';
    }

    /** ECS deletes what was deregistered before, and nothing else. */
    async deregister(taskDefinition: string, signal: AbortSignal) {
        const taskDefinitions = [taskDefinition];

        await unlessGone(
            this.#aws.ask(({ ecs }, options) => ecs.deregisterTaskDefinition({ taskDefinition }, options), signal)
        );
        await unlessGone(
            this.#aws.ask(({ ecs }, options) => ecs.deleteTaskDefinitions({ taskDefinitions }, options), signal)
        );
    }

    /** The ARNs of a build's definitions. ECS may take a family for the beginning of others' names. */
    async definitions(buildId: Executor.BuildId, signal: AbortSignal) {
        const familyPrefix = familyOf(this.#settings, buildId);
        const { taskDefinitionArns: arns = [] } = await this.#aws.ask(
            ({ ecs }, options) => ecs.listTaskDefinitions({ familyPrefix, status: 'ACTIVE' }, options),
            signal,
            PATIENT
        );

        return arns.filter(arn => arn.replace(/^.*\/|:\d+$/g, '') === familyPrefix);
    }

    /** Milliseconds since the last definition of a build was registered; Infinity where there is none. */
    async sinceRegistered(buildId: Executor.BuildId, signal: AbortSignal) {
        const taskDefinition = familyOf(this.#settings, buildId);
        const answer = await unlessGone(
            this.#aws.ask(({ ecs }, options) => ecs.describeTaskDefinition({ taskDefinition }, options), signal)
        );

        return Date.now() - (answer?.taskDefinition?.registeredAt?.getTime() ?? -Infinity);
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
            ...PATIENT,
            secret: token
        });
    }

    async deleteToken(buildId: Executor.BuildId, signal: AbortSignal) {
        const parameter = { Name: parameterOf(this.#settings, buildId) };

        await unlessGone(this.#aws.ask(({ ssm }, options) => ssm.deleteParameter(parameter, options), signal));
    }

    /**
     * The ARN of the task that the client token stands for, and whether it is of this definition: ECS runs one for each
     * token, however often it is asked.
     */
    async run(config: Executor.StartConfig, taskDefinition: string, clientToken: string, signal: AbortSignal) {
        const { cluster, launchType, capacityProviderStrategy, networkMode, prefix, ...network } = this.#settings;
        const { subnets, securityGroups } = network;
        const assignPublicIp = network.assignPublicIp ? ('ENABLED' as const) : ('DISABLED' as const);
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
                signal,
                PATIENT
            );
            const arn = tasks[0]?.taskArn;

            if (!arn) throw refused(failures);

            return { arn, isOwn: true };
        } catch (error) {
            const [arn] = conflictIn(error);

            if (!arn) throw error;

            return { arn, isOwn: false };
        }
    }

    async stop(task: string, signal: AbortSignal) {
        const order = { cluster: this.#settings.cluster, task, reason: STOPPED };

        await unlessGone(this.#aws.ask(({ ecs }, options) => ecs.stopTask(order, options), signal, PATIENT));
    }

    /**
     * The ARNs of a build's tasks that are to run, or to end. A family is asked for: `startedBy` goes with no other filter,
     * and a stop takes the tags away.
     */
    async list(
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

    /** What ECS knows of tasks, a hundred at most: it leaves out those that it has forgotten, or does not know yet. */
    async describe(tasks: string[], signal: AbortSignal): Promise<Task[]> {
        if (tasks.length === 0) return [];
        const request = { cluster: this.#settings.cluster, tasks };

        return (await this.#aws.ask(({ ecs }, options) => ecs.describeTasks(request, options), signal)).tasks ?? [];
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
