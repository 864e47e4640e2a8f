import { generateKeyPair } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startConfig, startTokenApi, stopConfig, verifyConfig } from 'screwdriver-executor-base/testing';
import EcsExecutor = require('../lib/executor');
import { startAws } from './aws-server';
import { OPTIONS } from './options';

/** New keys for each test would take longer than the test. */
const keys = promisify(generateKeyPair)('rsa', { modulusLength: 2048 });

/** AWS, the API, and the executors of a test. */
export async function startWorld() {
    const aws = await startAws();
    const api = await startTokenApi({ keys: await keys });
    const executors: EcsExecutor[] = [];
    let lastId = 100;

    return {
        aws,
        api,
        executor(options: object = {}) {
            const executor = new EcsExecutor({ ...OPTIONS, client: aws.client, ...options });

            executors.push(executor);

            return executor;
        },
        config: (overrides: object = {}) => startConfig(api, { buildId: (lastId += 1), ...overrides }),
        stopOf: (buildId: any) => stopConfig(api, { buildId }),
        lookAt: (buildId: any) => verifyConfig(api, { buildId }),
        async end() {
            // First, so that requests without an answer end.
            await aws.close();
            await Promise.all(executors.map(executor => executor.cleanUp()));
            await api.close();
        }
    };
}

export type World = Awaited<ReturnType<typeof startWorld>>;

export const NOTHING = { tasks: 0, definitions: [], parameters: [] };

/** Resolves once the condition holds. Rejects after a minute, which is enough on a slow machine. */
export async function until(what: string, isSo: () => unknown) {
    const end = performance.now() + 60_000;

    while (!(await isSo())) {
        if (performance.now() > end) throw new Error(`a minute has passed without ${what}`);
        await wait(5);
    }
}

/** The rejection of a call. */
export async function failureOf(call: Promise<unknown>): Promise<any> {
    const value = await call.catch((error: unknown) => ({ error }));

    if (!(value as { error?: unknown } | undefined)?.error)
        throw new Error(`it resolved with ${JSON.stringify(value)}`);

    return (value as { error: unknown }).error;
}

/** Ends the task of a build, as ECS does after the exit of its container. */
export function endBuild({ aws }: World, buildId: unknown, exitCode: number, reason?: string) {
    const [task] = aws.state.running(`sd-${String(buildId)}`);

    if (!task) throw new Error(`build ${String(buildId)} has no task`);
    aws.state.end(task, {
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        containers: task.containers.map(one =>
            one.name === 'build' ? { ...one, exitCode, ...(reason && { reason }) } : one
        )
    });
}
