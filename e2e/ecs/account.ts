import { until } from '../support/until';
import { docker } from '../docker/engine';
import { images } from '../images';
import type { Options } from '../../examples/ecs-executor/lib/settings';
import type { startFakecloud } from './fakecloud';

/** The account of these checks. The hooks fill it. */
export const account = {
    aws: undefined as Awaited<ReturnType<typeof startFakecloud>> | undefined,
    /** The names in the registry of the images. */
    images: new Map<string, string>()
};

export function aws() {
    if (!account.aws) throw new Error('fakecloud does not run');

    return account.aws;
}

export function pullable(image: string) {
    return account.images.get(image) ?? image;
}

/** The options of the checks' executors: job tools with only a `launch`, no network, and short waits. */
export function options(more: Options = {}): Options {
    return {
        client: aws().clientAt(),
        launchType: 'EC2',
        networkMode: 'none',
        executionRole: 'arn:aws:iam::123456789012:role/execution',
        jobTools: 'launch',
        jobToolsImage: pullable(images.jobTools),
        stopSeconds: 2,
        pollEvery: 200,
        settleSeconds: 5,
        registerBurst: 100,
        ...more
    };
}

/** The tasks of a build that have not ended, with the name of its container on the engine. */
export async function running(buildId: number | string) {
    const { taskArns } = await aws().ask('ecs', 'ListTasks', { cluster: 'default', family: `sd-${buildId}` });

    return (taskArns as string[]).map(arn => ({ arn, container: `${arn.split('/').at(-1)}-build` }));
}

/**
 * Resolves once nothing of builds is left: tasks, definitions, parameters, containers. The emulator does not remove the volume
 * of a task that fails to start, and no anonymous volumes.
 */
export async function emptyAccount() {
    await until('an empty account', async () => Object.values(await left()).every(names => names.length === 0), 120);
}

async function left() {
    const ask = aws().ask;
    const containers = await docker.listContainers({ all: true, filters: { label: ['fakecloud-ecs-task'] } });

    return {
        tasks: (await ask('ecs', 'ListTasks', { cluster: 'default' })).taskArns as string[],
        definitions: (await ask('ecs', 'ListTaskDefinitions', { status: 'ACTIVE' })).taskDefinitionArns as string[],
        parameters: (await ask('ssm', 'DescribeParameters')).Parameters as { Name: string }[],
        containers: containers.map(({ Names }) => Names)
    };
}
