import { randomBytes } from 'node:crypto';
import type { AwsDefinition, AwsState, AwsTask } from './aws-state';

const ARN = 'arn:aws:ecs:eu-central-1:123456789012';

/** A refusal. */
export class AwsError extends Error {
    constructor(
        readonly type: string,
        message: string,
        readonly rest: object = {},
        readonly status = 400
    ) {
        super(message);
    }

    asAnswer() {
        return { status: this.status, answer: { __type: this.type, message: this.message, ...this.rest } };
    }
}

/** The sizes of Fargate: the minimum and maximum of MiB, by units of CPU. */
const FARGATE: Record<string, [least: number, most: number]> = {
    256: [512, 2048],
    512: [1024, 4096],
    1024: [2048, 8192],
    2048: [4096, 16384],
    4096: [8192, 30720],
    8192: [16384, 61440],
    16384: [32768, 122880]
};

const ANSWERS: Record<string, (state: AwsState, body: any) => object> = {
    RegisterTaskDefinition(state, body) {
        throttle(state);
        const { family, cpu, memory, containerDefinitions, requiresCompatibilities, executionRoleArn } = body;
        const [least, most] = FARGATE[cpu] ?? [0, 0];
        const isFargate = requiresCompatibilities.includes('FARGATE');

        if (containerDefinitions.length === 0) throw new AwsError('ClientException', 'There are no containers.');
        if (isFargate && !(memory >= least && memory <= most)) {
            throw new AwsError(
                'ClientException',
                `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory.`
            );
        }
        // "The valid values for Fargate are 2-120 seconds": stopTimeout in the API model.
        for (const { stopTimeout = 30 } of containerDefinitions as AwsDefinition['containerDefinitions']) {
            if (isFargate && (stopTimeout < 2 || stopTimeout > 120))
                throw invalid('stopTimeout must be between 2 and 120');
        }
        if (!executionRoleArn) {
            throw new AwsError(
                'ClientException',
                `When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.`
            );
        }
        const revision =
            1 +
            Math.max(0, ...[...state.definitions.values()].filter(of => of.family === family).map(of => of.revision));
        const taskDefinitionArn = `${ARN}:task-definition/${family}:${revision}`;
        const taskDefinition = {
            ...body,
            revision,
            taskDefinitionArn,
            status: 'ACTIVE',
            registeredAt: Date.now() / 1000
        };

        state.definitions.set(taskDefinitionArn, taskDefinition);

        return { taskDefinition };
    },

    DeregisterTaskDefinition(state, body) {
        throttle(state);
        const taskDefinition = definitionOf(state, body.taskDefinition);

        taskDefinition.status = 'INACTIVE';

        return { taskDefinition };
    },

    /** Deletes what was deregistered, up to ten at a time. */
    DeleteTaskDefinitions(state, { taskDefinitions: arns }: { taskDefinitions: string[] }) {
        if (arns.length > 10) throw invalid('Specify up to 10 task definitions.');
        const found = arns.map(arn => state.definitions.get(arn)).filter(of => of !== undefined);
        const taskDefinitions = found.filter(({ status }) => status !== 'ACTIVE');
        const failures = arns
            .filter(arn => !taskDefinitions.some(({ taskDefinitionArn }) => taskDefinitionArn === arn))
            .map(arn => ({ arn, reason: state.definitions.has(arn) ? 'MUST_BE_INACTIVE' : 'MISSING' }));

        for (const definition of taskDefinitions) definition.status = 'DELETE_IN_PROGRESS';

        return { taskDefinitions, failures };
    },

    DescribeTaskDefinition(state, body) {
        const taskDefinition = definitionOf(state, body.taskDefinition);

        return { taskDefinition };
    },

    ListTaskDefinitions(state, { familyPrefix, status }) {
        const all = [...state.definitions.values()].filter(
            of => of.family.startsWith(familyPrefix) && of.status === status
        );

        return { taskDefinitionArns: all.map(of => of.taskDefinitionArn) };
    },

    /** Runs one task for a client token: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html */
    RunTask(state, body) {
        const { clientToken, ...rest } = body;
        const request = JSON.stringify(rest);
        const known = state.clientTokens.get(clientToken);
        const definition = definitionOf(state, body.taskDefinition);

        if (known && known.request !== request) {
            throw new AwsError(
                'ConflictException',
                'The provided clientToken is already in use with a different RunTask request.',
                { resourceIds: [known.task] }
            );
        }
        if (known) return { tasks: [state.tasks.get(known.task)], failures: [] };
        if (definition.status !== 'ACTIVE') throw invalid('TaskDefinition is inactive');
        if (definition.networkMode === 'awsvpc' && !body.networkConfiguration) {
            throw invalid(`Network Configuration must be provided when networkMode 'awsvpc' is specified.`);
        }
        const taskArn = `${ARN}:task/${body.cluster}/${randomBytes(16).toString('hex')}`;
        const task: AwsTask = {
            taskArn,
            taskDefinitionArn: definition.taskDefinitionArn,
            desiredStatus: 'RUNNING',
            lastStatus: 'PROVISIONING',
            createdAt: Date.now() / 1000,
            startedBy: body.startedBy,
            tags: body.tags,
            containers: definition.containerDefinitions.map(({ name, image }) => ({
                taskArn,
                name,
                image,
                lastStatus: 'PENDING'
            }))
        };

        state.tasks.set(task.taskArn, task);
        state.clientTokens.set(clientToken, { request, task: task.taskArn });
        state.begin(task, definition);

        return { tasks: [{ ...task }], failures: [] };
    },

    /** `startedBy` "must be the only filter that you use". Lists running tasks by default. */
    ListTasks(state, { family, startedBy, desiredStatus = 'RUNNING' }) {
        if (startedBy && family) throw invalid('startedBy and another filter cannot be used together');
        const all = [...state.tasks.values()].filter(
            task =>
                state.isKnown(task) &&
                task.desiredStatus === desiredStatus &&
                (!family || state.definitions.get(task.taskDefinitionArn)?.family === family) &&
                (!startedBy || task.startedBy === startedBy)
        );

        return { taskArns: all.map(({ taskArn }) => taskArn) };
    },

    DescribeTasks(state, { tasks: arns }: { tasks: string[] }) {
        if (arns.length > 100) throw invalid('Tasks cannot be more than 100.');
        const known = arns.map(arn => state.tasks.get(arn)).filter(task => task !== undefined && state.isKnown(task));
        const missing = arns.filter(arn => !known.some(task => task?.taskArn === arn));

        return { tasks: known, failures: missing.map(arn => ({ arn, reason: 'MISSING' })) };
    },

    StopTask(state, { task: arn, reason }) {
        const task = state.tasks.get(arn);

        if (!task) throw invalid('The referenced task was not found.');
        if (task.desiredStatus === 'RUNNING') {
            Object.assign(task, { desiredStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: reason });
            state.later(state.ending, () => {
                // KILL ends a launcher that has run.
                const exitCode = task.startedAt === undefined ? {} : { exitCode: 137 };

                state.end(task, { containers: task.containers.map(one => ({ ...exitCode, ...one })) });
            });
        }

        return { task };
    },

    PutParameter(state, { Name, Value, Overwrite, Type }) {
        if (Type !== 'SecureString') throw new AwsError('ValidationException', 'the token must be a SecureString');
        if (state.parameters.has(Name) && !Overwrite)
            throw new AwsError('ParameterAlreadyExists', 'The parameter already exists.');
        state.parameters.set(Name, Value);

        return { Version: 1, Tier: 'Standard' };
    },

    DeleteParameter(state, { Name }) {
        if (!state.parameters.delete(Name)) throw new AwsError('ParameterNotFound', `Parameter ${Name} not found.`);

        return {};
    }
};

export function answerTo(state: AwsState, operation: string, body: any): object {
    const answer = ANSWERS[operation];

    if (!answer) throw new AwsError('UnknownOperationException', operation);
    if ('cluster' in body && body.cluster !== 'default') {
        throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
    }

    return answer(state, body);
}

/** The definition with this ARN, or the last active one of a family. */
function definitionOf(state: AwsState, name: string): AwsDefinition {
    const ofFamily = [...state.definitions.values()].filter(
        ({ family, status }) => family === name && status === 'ACTIVE'
    );
    const found = state.definitions.get(name) ?? ofFamily.at(-1);

    if (!found) throw new AwsError('ClientException', 'Unable to describe task definition.');

    return found;
}

/** A token bucket. AWS has one for each group of operations. */
function throttle({ quota }: AwsState) {
    if (!quota) return;
    const now = performance.now();

    quota.left = Math.min(quota.burst, quota.left + ((now - quota.at) / 1000) * quota.rate);
    quota.at = now;
    if (quota.left < 1) throw new AwsError('ThrottlingException', 'Rate exceeded');
    quota.left -= 1;
}

function invalid(message: string) {
    return new AwsError('InvalidParameterException', message);
}
