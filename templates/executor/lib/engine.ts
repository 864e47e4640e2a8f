import { setTimeout as sleep } from 'node:timers/promises';
import { ExecutorError, isRetryable, kindOf, withoutSecrets } from 'screwdriver-executor-base';

const TRIES = 3;

/** The container of a build, as the engine is asked to run it. */
export interface Task {
    image: string;
    command: string;
    args: string[];
    env: Record<string, string>;
    cpu: number;
    memory: number;
}

/** The state of a container on the engine. */
export interface State {
    phase: 'starting' | 'running' | 'ended';
    exitCode?: number;
    reason?: string;
}

/**
 * What the executor needs of {{name}}'s HTTP API. The routes are made up: replace them by yours. Every call may be
 * repeated, because the name decides: PUT keeps an existing container, and DELETE accepts that there is none.
 */
export class Engine {
    constructor(
        readonly uri: string,
        readonly callTimeout: number
    ) {}

    async run(name: string, task: Task, signal: AbortSignal): Promise<void> {
        await this.#call('PUT', name, signal, task);
    }

    /** Tells the engine to end it: TERM, then KILL after the grace period. */
    async remove(name: string, signal: AbortSignal): Promise<void> {
        await this.#call('DELETE', name, signal);
    }

    async find(name: string, signal: AbortSignal): Promise<State | undefined> {
        return (await this.#call('GET', name, signal)) as State | undefined;
    }

    async #call(method: string, name: string, signal: AbortSignal, task?: Task): Promise<unknown> {
        for (let attempt = 1; ; attempt += 1) {
            try {
                return await this.#request(method, name, signal, task);
            } catch (error) {
                signal.throwIfAborted();
                if (attempt === TRIES || !isRetryable(error)) throw failure(`${method} ${name}`, error as Error, task);
            }
            await sleep(100 * 2 ** attempt * Math.random(), undefined, { signal });
        }
    }

    async #request(method: string, name: string, signal: AbortSignal, task?: Task): Promise<unknown> {
        const response = await fetch(`${this.uri}/containers/${encodeURIComponent(name)}`, {
            method,
            // fetch has no limit of its own.
            signal: AbortSignal.any([signal, AbortSignal.timeout(this.callTimeout)]),
            ...(task && { body: JSON.stringify(task), headers: { 'content-type': 'application/json' } })
        });
        const text = await response.text();

        if (response.status === 404) return undefined;
        if (!response.ok) throw Object.assign(new Error(`${response.status} ${text}`), { statusCode: response.status });

        return text && JSON.parse(text);
    }
}

/** Without the token: an engine may quote the environment of the container that it refuses. */
function failure(call: string, error: Error, task: Task | undefined): ExecutorError {
    const { message } = error.cause instanceof Error ? error.cause : error;

    return new ExecutorError(withoutSecrets(`${call}: ${message}`, task?.env.SD_TOKEN), {
        code: '{{code}}_CALL',
        kind: kindOf(error),
        retryable: isRetryable(error),
        userMessage: '{{name}} failed. Try again, or tell the cluster administrators.'
    });
}
