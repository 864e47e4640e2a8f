import { setTimeout as wait } from 'node:timers/promises';
import { unlessAborted } from './aborted';
import { awsError } from './errors';
import type * as ecs from '@aws-sdk/client-ecs';
import type * as ssm from '@aws-sdk/client-ssm';
import type { Settings } from './settings';

interface Clients {
    ecs: ecs.ECS;
    ssm: ssm.SSM;
}

type Request<Answer> = (clients: Clients, options: { abortSignal: AbortSignal }) => Promise<Answer>;

/** The options that both clients have. */
export type ClientConfig = Omit<ecs.ECSClientConfigType & ssm.SSMClientConfigType, 'logger'>;

/** Milliseconds before the first retry, and the most between two. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [250, 20_000];
/** Milliseconds for which a throttled request is retried. */
const THROTTLED_FOR = 600_000;

/** Requests to AWS, with retries and a time limit. Loads the SDK with the first request, since that is slow. */
export class Aws {
    #config;
    #settings;
    #clients: Clients | undefined;

    constructor(config: ClientConfig, settings: Settings) {
        // `ask` retries instead: the SDK does not recognize every throttle.
        this.#config = { ...config, maxAttempts: 1 };
        this.#settings = settings;
    }

    /**
     * The answer of AWS. Retries if AWS throttles the request, fails or cannot be reached, so the request must do no harm
     * when it is carried out twice.
     *
     * @param secret a part of the request that errors must not show
     */
    async ask<Answer>(request: Request<Answer>, signal: AbortSignal, secret = ''): Promise<Answer> {
        const begun = performance.now();

        for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
            try {
                return await this.#once(request, signal);
            } catch (error) {
                signal.throwIfAborted();
                const failure = awsError(error, secret);
                const isThrottled = failure.code === 'ECS_THROTTLED';
                const patience = isThrottled ? THROTTLED_FOR : this.#settings.awaySeconds * 1000;
                const mayRecover = isThrottled || (failure.retryable && failure.kind !== 'capacity');

                if (!mayRecover || performance.now() - begun + pause > patience) throw failure;
            }
            await wait(pause * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
        }
    }

    close() {
        this.#clients?.ecs.destroy();
        this.#clients?.ssm.destroy();
        this.#clients = undefined;
    }

    async #once<Answer>(request: Request<Answer>, signal: AbortSignal): Promise<Answer> {
        signal.throwIfAborted();
        const clients = (this.#clients ??= this.#load());
        const late = new AbortController();
        const timer = setTimeout(() => late.abort(), this.#settings.answerTimeout);
        const abortSignal = AbortSignal.any([signal, late.signal]);

        try {
            // While the SDK looks for credentials it ignores the signal.
            return await unlessAborted(request(clients, { abortSignal }), abortSignal);
        } finally {
            clearTimeout(timer);
        }
    }

    #load(): Clients {
        const { ECS } = require('@aws-sdk/client-ecs') as typeof ecs;
        const { SSM } = require('@aws-sdk/client-ssm') as typeof ssm;

        return { ecs: new ECS(this.#config), ssm: new SSM(this.#config) };
    }
}
