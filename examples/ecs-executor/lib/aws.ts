import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { awsError } from './errors';
import type * as ecs from '@aws-sdk/client-ecs';
import type * as ssm from '@aws-sdk/client-ssm';
import type { Settings } from './settings';

interface Clients {
    ecs: ecs.ECS;
    ssm: ssm.SSM;
}

/** What both clients take. */
export type ClientConfig = Omit<ecs.ECSClientConfigType & ssm.SSMClientConfigType, 'logger'>;

/** Milliseconds before the second try, and at most between two. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [250, 20_000];
/** Milliseconds for which a request is made again that AWS has throttled. */
const THROTTLED_FOR = 600_000;

/** What an executor asks of AWS, with an end to each request. The SDK, slow to load, is loaded at the first one. */
export class Aws {
    #config;
    #answerTimeout;
    #awayFor;
    #clients: Clients | undefined;

    constructor(config: ClientConfig, { answerTimeout, awaySeconds }: Settings) {
        // Tried again here: the SDK does not know all the words for a throttle.
        this.#config = { ...config, maxAttempts: 1 };
        this.#answerTimeout = answerTimeout;
        this.#awayFor = awaySeconds * 1000;
    }

    /**
     * What AWS answers. A request that it throttles is made again.
     *
     * @param isPatient whether a request is made again, too, that AWS may not have got, or may have carried out
     * @param secret what is sent, for no error to quote
     */
    async ask<Result>(
        call: (clients: Clients, options: { abortSignal: AbortSignal }) => Promise<Result>,
        signal: AbortSignal,
        { isPatient = false, secret = '' } = {}
    ): Promise<Result> {
        const begun = performance.now();

        for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
            try {
                return await this.#once(call, signal);
            } catch (error) {
                const failure = awsError(signal.aborted ? signal.reason : error, secret);
                const isThrottled = failure.code === 'ECS_THROTTLED';
                const patience = isThrottled ? THROTTLED_FOR : this.#awayFor;
                const isOver = signal.aborted || performance.now() - begun + pause > patience;

                const isAway = failure.retryable && failure.kind !== 'capacity';

                if (isOver || !(isThrottled || (isPatient && isAway))) throw failure;
            }
            await wait(pause * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
        }
    }

    /** Ends what the SDK keeps open. */
    close() {
        this.#clients?.ecs.destroy();
        this.#clients?.ssm.destroy();
        this.#clients = undefined;
    }

    async #once<Result>(
        call: (clients: Clients, options: { abortSignal: AbortSignal }) => Promise<Result>,
        signal: AbortSignal
    ): Promise<Result> {
        const late = new AbortController();
        const abortSignal = AbortSignal.any([signal, late.signal]);
        const settled = new AbortController();
        const timer = setTimeout(() => late.abort(), this.#answerTimeout);

        try {
            abortSignal.throwIfAborted();
            this.#clients ??= this.#load();
            // To find credentials has no end of its own.
            const over = once(abortSignal, 'abort', { signal: settled.signal }).then(() =>
                Promise.reject(abortSignal.reason)
            );

            return await Promise.race([call(this.#clients, { abortSignal }), over]);
        } finally {
            clearTimeout(timer);
            settled.abort();
        }
    }

    #load(): Clients {
        const { ECS } = require('@aws-sdk/client-ecs') as typeof ecs;
        const { SSM } = require('@aws-sdk/client-ssm') as typeof ssm;

        return { ecs: new ECS(this.#config), ssm: new SSM(this.#config) };
    }
}
