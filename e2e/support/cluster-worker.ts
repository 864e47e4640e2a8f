/** An executor in a process of its own. */
export interface Call {
    /** Never settles where the process dies meanwhile. */
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
    /** How often it came back. */
    retries: number;
}

/** The most messages that are in hand at a time, of each of its two queues. */
const PREFETCH = 20;
const MOST_RETRIES = 3;

/**
 * Does what Screwdriver's worker for build clusters does with the messages of its queue. Each gets a process of its own,
 * which is killed when it has answered. What rejects comes back three times; then the build is made a FAILURE. A start that
 * resolves a falsy value has the build verified at once, and any other after five minutes, if there is a retry queue. What
 * verify says makes the build a FAILURE.
 */
export class ClusterWorker {
    /** Each message that a process was made for, in order. */
    readonly deliveries: { job: Job; buildId: number | string }[] = [];
    readonly #newCall: () => Call;
    readonly #hasRetryQueue: boolean;
    readonly #initTimeout: number;
    /** Waits for a place. */
    readonly #waiting: Message[] = [];
    #inHand = 0;
    /** Messages that are not done with. */
    #open = 0;
    readonly #timers = new Set<NodeJS.Timeout>();
    #whenIdle: () => void = () => {};

    /**
     * @param newCall makes a process
     * @param retryQueue whether builds are verified. The real one does so where `retryQueueEnabled` is set
     * @param initTimeout milliseconds until a build is verified whose start has resolved a truthy value
     */
    constructor(newCall: () => Call, { retryQueue = false, initTimeout = 300_000 } = {}) {
        this.#newCall = newCall;
        this.#hasRetryQueue = retryQueue;
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

    /** Resolves once all messages are done with. */
    idle(): Promise<void> {
        return new Promise(resolve => {
            this.#whenIdle = resolve;
            if (this.#open === 0) resolve();
        });
    }

    /** It goes, and with it what it would verify later. */
    close(): void {
        for (const timer of this.#timers) clearTimeout(timer);
    }

    #put(message: Message): void {
        if (this.#inHand >= PREFETCH) this.#waiting.push(message);
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

/** Where the API refuses it or is away, the real one writes that into its log, and nothing more. */
async function update({ apiUri, buildId, token }: Config, json: object): Promise<void> {
    await fetch(`${apiUri}/v4/builds/${buildId}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(json)
    }).catch(() => {});
}
