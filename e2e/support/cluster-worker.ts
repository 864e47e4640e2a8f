/** An executor in a separate process. */
export interface Call {
    /** Never settles if the process dies meanwhile. */
    call(operation: Job, config: object): Promise<unknown>;
    kill(signal: NodeJS.Signals): void;
    readonly exit: Promise<unknown>;
}

type Job = 'start' | 'stop' | 'verify';

interface Config {
    buildId: number | string;
    apiUri: string;
    token: string;
}

interface Message {
    job: Job;
    config: Config;
    /** How often it was redelivered. */
    retries: number;
}

const MOST_RETRIES = 3;

/**
 * Handles messages like Screwdriver's worker for build clusters. Each message gets a separate process, which is killed
 * when it has answered. A message that rejects is redelivered three times; then the build becomes a FAILURE. If there
 * is a retry queue, a start that resolves with a falsy value leads to a verify at once, and any other after five
 * minutes. A non-empty result of verify makes the build a FAILURE.
 */
export class ClusterWorker {
    /** Each message that a process was made for, in order. */
    readonly deliveries: { job: Job; buildId: number | string }[] = [];
    readonly #newCall: () => Call;
    readonly #hasRetryQueue: boolean;
    readonly #prefetch: number;
    readonly #initTimeout: number;
    /** Waits for a free slot. */
    readonly #waiting: Message[] = [];
    #inHand = 0;
    /** Messages that are not finished. */
    #open = 0;
    readonly #timers = new Set<NodeJS.Timeout>();
    #whenIdle: () => void = () => {};

    /**
     * @param newCall makes a process
     * @param retryQueue whether builds are verified. The real one does so where `retryQueueEnabled` is set
     * @param prefetch the maximum number of messages that are handled at a time, not counting those of the retry queue
     * @param initTimeout milliseconds until a build is verified whose start has resolved a truthy value
     */
    constructor(newCall: () => Call, { retryQueue = false, prefetch = 20, initTimeout = 300_000 } = {}) {
        this.#newCall = newCall;
        this.#hasRetryQueue = retryQueue;
        this.#prefetch = prefetch;
        this.#initTimeout = initTimeout;
    }

    /** Puts a message on the queue. */
    deliver(job: 'start' | 'stop', config: Config): void {
        this.#put({ job, config, retries: 0 });
    }

    /** Puts a message on the retry queue. */
    verify(config: Config): void {
        if (this.#hasRetryQueue) this.#take({ job: 'verify', config, retries: 0 });
    }

    /** Resolves once all messages are finished. */
    idle(): Promise<void> {
        return new Promise(resolve => {
            this.#whenIdle = resolve;
            if (this.#open === 0) resolve();
        });
    }

    /** Ends the worker and drops its pending verifies. */
    close(): void {
        for (const timer of this.#timers) clearTimeout(timer);
    }

    #put(message: Message): void {
        if (this.#inHand >= this.#prefetch) this.#waiting.push(message);
        else this.#hold(message);
    }

    #hold(message: Message): void {
        this.#inHand += 1;
        this.#take(message, () => {
            this.#inHand -= 1;
            const next = this.#waiting.shift();

            if (next) this.#hold(next);
        });
    }

    #take(message: Message, whenAnswered = () => {}): void {
        this.#open += 1;
        void this.#handle(message).then(again => {
            whenAnswered();
            if (again && message.job === 'verify') this.#take(again);
            else if (again) this.#put(again);
            this.#open -= 1;
            if (this.#open === 0 && this.#waiting.length === 0) this.#whenIdle();
        });
    }

    /** Resolves with the message that comes back, if any. */
    async #handle(message: Message): Promise<Message | undefined> {
        const { job, config, retries } = message;
        const call = this.#newCall();

        this.deliveries.push({ job, buildId: config.buildId });
        try {
            const value = await call.call(job, job === 'stop' ? { ...config, token: undefined } : config);

            if (job === 'start') this.#hasStarted(config, value);
            if (job === 'verify' && value) await update(config, { status: 'FAILURE', statusMessage: value });
        } catch (error) {
            const { message: text } = error as Error;

            if (job !== 'verify' && /^40[34]/.test(text)) return undefined;
            if (retries < MOST_RETRIES) return { job, config, retries: retries + 1 };
            await update(config, { status: 'FAILURE', statusMessage: job === 'verify' ? text : `Error: ${text}` });
        } finally {
            call.kill('SIGKILL');
            await call.exit;
        }

        return undefined;
    }

    #hasStarted(config: Config, value: unknown): void {
        if (!value) return this.verify(config);
        const timer = setTimeout(() => {
            this.#timers.delete(timer);
            void update(config, { statusMessage: 'Build initialization delayed' }).then(() => this.verify(config));
        }, this.#initTimeout);

        this.#timers.add(timer);
    }
}

/** If the API refuses it or is down, the real worker only logs that. */
async function update({ apiUri, buildId, token }: Config, json: object): Promise<void> {
    await fetch(`${apiUri}/v4/builds/${buildId}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(json)
    }).catch(() => {});
}
