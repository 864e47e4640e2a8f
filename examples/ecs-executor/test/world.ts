import { setTimeout as wait } from 'node:timers/promises';
import { startConfig, startTokenApi, stopConfig, verifyConfig } from 'screwdriver-executor-base/testing';
import EcsExecutor = require('../lib/executor');
import { startAws } from './aws-server';
import { OPTIONS } from './options';

/** AWS, the API, and executors that end with them. */
export async function startWorld() {
    const aws = await startAws();
    const api = await startTokenApi();
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
            // First, so that what waits for an answer which never comes has an end.
            await aws.close();
            await Promise.all(executors.map(executor => executor.cleanUp()));
            await api.close();
        }
    };
}

export type World = Awaited<ReturnType<typeof startWorld>>;

export const NOTHING = { tasks: 0, definitions: [], parameters: [] };

/** Resolves once it is so; rejects after a minute, which is long for a slow machine, too. */
export async function until(what: string, isSo: () => unknown) {
    const end = performance.now() + 60_000;

    while (!(await isSo())) {
        if (performance.now() > end) throw new Error(`it did not come to this: ${what}`);
        await wait(5);
    }
}

/** What a call rejects with. */
export async function failureOf(call: Promise<unknown>): Promise<any> {
    const value = await call.catch((error: unknown) => ({ error }));

    if (!(value as { error?: unknown } | undefined)?.error) throw new Error(`it resolved ${JSON.stringify(value)}`);

    return (value as { error: unknown }).error;
}
