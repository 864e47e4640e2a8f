import { buffer } from 'node:stream/consumers';
import Docker = require('dockerode');
import { withoutSecrets } from 'screwdriver-executor-base';
import { configError, engineError, timeoutError } from './errors';
import type { Agent, IncomingMessage } from 'node:http';

/** Milliseconds that an answer may take, unless `docker.timeout` says otherwise. */
const ANSWER_TIMEOUT = 60_000;
/** How many times as long the engine may take to create or start a container, and be silent during a pull. */
const PATIENCE = 5;
/** The longest delay of a Node timer in milliseconds. */
const LONGEST = 2 ** 31 - 1;
/** Milliseconds for the clean-up of a start that a shutdown cuts short. `shutDown` waits a little longer. */
const LAST_CALLS = 4_000;
/** Overrides DOCKER_HOST: docker-modem would mix it with an address from the options. */
const NO_ADDRESS = Object.fromEntries(
    ['socketPath', 'host', 'port', 'protocol', 'pathPrefix', 'username', 'ca', 'cert', 'key'].map(key => [
        key,
        undefined
    ])
);

/** dockerode's options, with the agent that docker-modem accepts. */
export type EngineOptions = Docker.DockerOptions & { agent?: Agent };

type Dial = Parameters<Docker['modem']['dial']>;

/** The Docker engine. Its calls have time limits. */
export class Engine {
    /** Milliseconds for one answer, 0 for no limit. */
    readonly timeout: number;
    /** Milliseconds for slow work: the creation of a container, silence during a pull. */
    readonly patience: number;
    #modem;
    #isPodman: boolean | undefined;
    #node: string | undefined;

    constructor(options?: EngineOptions) {
        const isNamed = options?.socketPath ?? options?.host;

        this.timeout = Number(options?.timeout ?? ANSWER_TIMEOUT);
        this.patience = Math.min(this.timeout * PATIENCE, LONGEST);
        try {
            this.#modem = new Docker({ ...(isNamed && NO_ADDRESS), ...options, timeout: 0 }).modem;
        } catch (error) {
            // The constructor reads the certificates.
            throw configError(error);
        }
    }

    /**
     * The client for one operation. Its calls end with the signal. They also end with their own `abortSignal`, or after
     * the time for one answer if they have none.
     */
    client(signal?: AbortSignal) {
        const dial: (...args: Dial) => void = (options, callback) => {
            const ends = [options.abortSignal ?? within(this.timeout), ...(signal ? [signal] : [])];

            this.#dial(options, ends, callback);
        };

        const modem = Object.assign(Object.create(this.#modem) as Docker['modem'], { dial });

        return new Docker({ modem } as object);
    }

    /** Whether it is Podman, which has the same API but sometimes behaves differently. */
    async isPodman(signal?: AbortSignal) {
        if (this.#isPodman === undefined) {
            const { Components = [] } = await this.client(signal)
                .version()
                .catch((error: unknown) => {
                    throw engineError(error);
                });

            this.#isPodman = Components.some(({ Name }) => Name === 'Podman Engine');
        }

        return this.#isPodman;
    }

    /** The name of the engine's host. */
    async node(signal?: AbortSignal) {
        return (this.#node ??= ((await this.client(signal).info()) as { Name: string }).Name);
    }

    /**
     * Reads the answer itself: docker-modem waits forever for the rest of an answer if the connection is cut. Also
     * settles when a signal aborts: a request that has no connection yet does not report that.
     */
    #dial(options: Dial[0], ends: AbortSignal[], callback: Dial[1]) {
        const abortSignal = AbortSignal.any(ends);
        const settle: NonNullable<Dial[1]> = (error, answer) => {
            abortSignal.removeEventListener('abort', giveUp);
            // Refers to the signals themselves: Node 20 loses a timeout that only `AbortSignal.any` refers to.
            const end = ends.find(({ aborted }) => aborted);

            callback?.(error && end ? reasonOf(end) : masked(error), answer);
        };

        // A promise keeps its first outcome, so a later one changes nothing.
        const giveUp = () => settle(abortSignal.reason as Error, null);

        if (abortSignal.aborted) return giveUp();
        abortSignal.addEventListener('abort', giveUp, { once: true });
        this.#modem.dial({ ...options, abortSignal, isStream: true }, (error, answer) => {
            if (error || options.isStream) return settle(error, answer);
            buffer(answer as IncomingMessage).then(
                body => settle(null, parsed(body)),
                cause => settle(new Error('the answer was cut off', { cause }), null)
            );
        });
    }
}

/** @param milliseconds 0 for no limit */
export function within(milliseconds: number): AbortSignal {
    return milliseconds ? AbortSignal.timeout(Math.min(milliseconds, LONGEST)) : new AbortController().signal;
}

/** Aborts some time after a shutdown, whenever that happens. */
export function lastCalls(shutdown: AbortSignal): AbortSignal {
    const last = new AbortController();
    const begin = () => setTimeout(() => last.abort(shutdown.reason), LAST_CALLS).unref();

    if (shutdown.aborted) begin();
    else shutdown.addEventListener('abort', begin, { once: true });

    return last.signal;
}

function reasonOf(signal: AbortSignal) {
    const reason = signal.reason as Error;

    return reason.name === 'TimeoutError' ? timeoutError('no complete answer in time') : reason;
}

/**
 * The engine quotes its request, which contains a token: in its message, and in the answer that docker-modem adds.
 */
function masked(error: (Error & { json?: unknown }) | null) {
    if (error) {
        error.message = withoutSecrets(error.message);
        error.stack = withoutSecrets(String(error.stack));
        delete error.json;
    }

    return error;
}

function parsed(body: Buffer): object {
    try {
        return (JSON.parse(body.toString()) as object | null) || body;
    } catch {
        return body;
    }
}
