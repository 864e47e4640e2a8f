import { until } from '../support/until';
import type { definitionOf } from '../../examples/ecs-executor/lib/definition';
import type { clientsWith, Task } from '../../examples/ecs-executor/test/clients';

/** The clients of an account, what a build needs there, and the names that the account has given it. */
export type Account = ReturnType<typeof clientsWith> & {
    definition: ReturnType<typeof definitionOf>;
    parameter: { Name: string; Value: string; Type: 'SecureString' };
    definitionArn: string;
    taskArn: string;
};

type Request = (account: Account) => Promise<object>;

const cluster = 'default';

/** The executor's requests during the life of a build, and others that AWS refuses. Each one needs those before it. */
export const REQUESTS: Record<string, Request> = {
    PutParameter: ({ ssm, parameter }) => ssm.putParameter(parameter),
    'PutParameter of one that exists': ({ ssm, parameter }) => ssm.putParameter(parameter),
    'PutParameter of one that exists, with Overwrite': ({ ssm, parameter }) =>
        ssm.putParameter({ ...parameter, Overwrite: true }),

    'DescribeTaskDefinition of an unknown family': describeDefinition,
    'ListTaskDefinitions of an unknown family': listDefinitions,
    async RegisterTaskDefinition(account) {
        const answer = await account.ecs.registerTaskDefinition(account.definition);

        account.definitionArn = answer.taskDefinition?.taskDefinitionArn ?? '';

        return answer;
    },
    'RegisterTaskDefinition without containers': register({ containerDefinitions: [] }),
    'RegisterTaskDefinition with secrets but no role': register({ executionRoleArn: undefined }),
    'RegisterTaskDefinition with a size that Fargate does not have': register({ ...onFargate(), memory: '100' }),
    DescribeTaskDefinition: describeDefinition,
    ListTaskDefinitions: listDefinitions,

    'ListTasks of a family without tasks': list({ desiredStatus: 'RUNNING' }),
    async RunTask(account) {
        const answer = await run()(account);

        account.taskArn = answer.tasks?.[0]?.taskArn ?? '';

        return answer;
    },
    'RunTask of an unknown definition': run({ taskDefinition: 'unknown', clientToken: 'other' }),
    ListTasks: list({ desiredStatus: 'RUNNING' }),
    'ListTasks of another cluster': list({ cluster: 'other' }),
    'ListTasks with startedBy and a family': list({ startedBy: 'sd-executor' }),
    'DescribeTasks of a task that runs': account => eachTask(seen(account, isUp), essentialPart),
    'DescribeTasks for the job tools of a task that runs': account =>
        eachTask(seen(account, isUp), ({ containers: [jobTools] = [] }) => ({
            name: jobTools?.name,
            lastStatus: jobTools?.lastStatus,
            exitCode: jobTools?.exitCode
        })),
    'DescribeTasks of an unknown task': account => describe(account, [unknown(account.taskArn)]),
    'DescribeTasks of more than a hundred': account => describe(account, Array(101).fill(account.taskArn)),
    'RunTask again with a client token': async account => {
        await run()(account);

        return list({ desiredStatus: 'RUNNING' })(account);
    },
    'RunTask of another request with the same client token': run({ startedBy: 'other' }),

    StopTask: account => stop(account, account.taskArn),
    'StopTask of an unknown task': account => stop(account, unknown(account.taskArn)),
    'DescribeTasks of a task that was stopped': account =>
        eachTask(seen(account, isDown), ({ stopCode: _code, stoppedReason: _reason, ...task }) => task),
    'DescribeTasks for the reason of a task that was stopped': account =>
        eachTask(seen(account, isDown), ({ stopCode, stoppedReason }) => ({ stopCode, stoppedReason })),
    'StopTask of a task that has ended': account => stop(account, account.taskArn),
    'ListTasks of those that have ended': list({ desiredStatus: 'STOPPED' }),

    'DeleteTaskDefinitions of an active one': deleteDefinition,
    DeregisterTaskDefinition: ({ ecs, definitionArn }) =>
        ecs.deregisterTaskDefinition({ taskDefinition: definitionArn }),
    'DeregisterTaskDefinition of an unknown one': ({ ecs }) =>
        ecs.deregisterTaskDefinition({ taskDefinition: 'unknown:1' }),
    'RunTask of an inactive definition': run({ clientToken: 'last' }),
    'DescribeTaskDefinition of a family without active ones': describeDefinition,
    DeleteTaskDefinitions: deleteDefinition,
    'ListTaskDefinitions of a family whose last one is deleted': listDefinitions,

    DeleteParameter: deleteParameter,
    'DeleteParameter of one that does not exist': deleteParameter
};

const refusal = (name: string, more: object = {}) => ({
    status: 400,
    name,
    code: 'ECS_REFUSED',
    isGone: false,
    ...more
});

/** Where the emulator does not answer as AWS does, and how the stand-in answers, as AWS does. */
export const DIFFERENCES: Record<string, object> = {
    // It does not check what a task on Fargate needs.
    'RegisterTaskDefinition with secrets but no role': refusal('ClientException'),
    'RegisterTaskDefinition with a size that Fargate does not have': refusal('ClientException'),
    // It does not check these parameters.
    'ListTasks of another cluster': refusal('ClusterNotFoundException', { isGone: true }),
    'ListTasks with startedBy and a family': refusal('InvalidParameterException'),
    'DescribeTasks of more than a hundred': refusal('InvalidParameterException'),
    // It ignores client tokens.
    'RunTask again with a client token': {
        status: 200,
        taskArns: ['arn:aws:ecs:eu-central-1:123456789012:task/default/ID']
    },
    'RunTask of another request with the same client token': refusal('ConflictException', {
        resourceIds: ['arn:aws:ecs:eu-central-1:123456789012:task/default/ID']
    }),
    // It says of all containers that they run until the task ends.
    'DescribeTasks for the job tools of a task that runs': {
        status: 200,
        failures: [],
        tasks: [{ name: 'job-tools', lastStatus: 'STOPPED', exitCode: 0 }]
    },
    // It forgets the stop when the containers end.
    'DescribeTasks for the reason of a task that was stopped': {
        status: 200,
        failures: [],
        tasks: [{ stopCode: 'UserInitiated', stoppedReason: 'Stopped by Screwdriver' }]
    },
    // Its errors have other names.
    'StopTask of an unknown task': refusal('InvalidParameterException', { isGone: true }),
    'RunTask of an inactive definition': refusal('InvalidParameterException', { isGone: true })
};

function register(change: Partial<Account['definition']>): Request {
    return ({ ecs, definition }) =>
        ecs.registerTaskDefinition({ ...definition, family: `refused-${definition.family}`, ...change });
}

function onFargate(): Partial<Account['definition']> {
    return { requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu: '256' };
}

function describeDefinition({ ecs, definition }: Account) {
    return ecs.describeTaskDefinition({ taskDefinition: definition.family });
}

function listDefinitions({ ecs, definition }: Account) {
    return ecs.listTaskDefinitions({ familyPrefix: definition.family, status: 'ACTIVE' });
}

function deleteDefinition({ ecs, definitionArn }: Account) {
    return ecs.deleteTaskDefinitions({ taskDefinitions: [definitionArn] });
}

function run(change: object = {}) {
    return ({ ecs, definitionArn: taskDefinition }: Account) =>
        ecs.runTask({
            ...{ cluster, taskDefinition, clientToken: 'first', startedBy: 'sd-executor', launchType: 'EC2' },
            ...change
        });
}

function list(filter: object) {
    return ({ ecs, definition: { family } }: Account) => ecs.listTasks({ cluster, family, ...filter });
}

function describe({ ecs }: Account, tasks: string[]) {
    return ecs.describeTasks({ cluster, tasks });
}

/** DescribeTasks once the task meets the condition. */
function seen(account: Account, isMet: (task: Task) => boolean) {
    return until(
        'the task',
        async () => {
            const answer = await describe(account, [account.taskArn]);

            return answer.tasks?.some(isMet) && answer;
        },
        300
    );
}

function isUp({ containers = [], lastStatus }: Task) {
    return lastStatus === 'RUNNING' && containers.every(one => one.lastStatus !== 'PENDING');
}

function isDown({ containers = [], lastStatus }: Task) {
    return lastStatus === 'STOPPED' && containers.every(({ exitCode }) => exitCode !== undefined);
}

/** An answer of DescribeTasks with a part of each task. */
async function eachTask(answer: ReturnType<typeof describe>, part: (task: Task) => object) {
    const { tasks = [], ...rest } = await answer;

    return { ...rest, tasks: tasks.map(part) };
}

function essentialPart({ containers = [], ...task }: Task) {
    return { ...task, containers: containers.filter(({ name }) => name !== 'job-tools') };
}

function stop({ ecs }: Account, task: string) {
    return ecs.stopTask({ cluster, task, reason: 'Stopped by Screwdriver' });
}

function deleteParameter({ ssm, parameter: { Name } }: Account) {
    return ssm.deleteParameter({ Name });
}

function unknown(arn: string) {
    return arn.replace(/\w+$/, '0'.repeat(32));
}
