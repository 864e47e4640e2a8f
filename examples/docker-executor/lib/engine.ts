import { buffer } from 'node:stream/consumers';
import Docker = require('dockerode');
import { withoutSecrets } from 'screwdriver-executor-base';
import { configError, engineError, timeoutError } from './errors';
import type { Agent, IncomingMessage } from 'node:http';

/** Milliseconds that an answer may take, unless `docker.timeout` says otherwise. */
const ANSWER_TIMEOUT = 60_000;
/** How many times as long the engine may take to make or start a container, and be silent in the midst of a pull. */
const PATIENCE = 5;
/** The most milliseconds that a timer of Node takes. */
const LONGEST = 2 ** 31 - 1;
/** Milliseconds for what a start that a shutdown cuts short removes: `shutDown` waits for a little longer. */
const LAST_CALLS = 4_000;
/** Stands against what DOCKER_HOST says: docker-modem would mix it with an address that the options name. */
const NO_ADDRESS = Object.fromEntries(
    ['socketPath', 'host', 'port', 'protocol', 'pathPrefix', 'username', 'ca', 'cert', 'key'].map(key => [
        key,
        undefined
    ])
);

/** dockerode's, with the agent that docker-modem takes. */
export type EngineOptions = Docker.DockerOptions & { agent?: Agent };

type Dial = Parameters<Docker['modem']['dial']>;

/** The Docker engine: whatever it is asked for has an end. */
export class Engine {
    /** Milliseconds for one answer, 0 for no end. */
    readonly timeout: number;
    /** Milliseconds for what takes its time: the making of a container, silence in the midst of a pull. */
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
            // Its certificates are read here.
            throw configError(error);
        }
    }

    /**
     * The client for one operation: its calls end with the signal, and in any case after the time for one answer, or when
     * the `abortSignal` of the call says so.
     */
    client(signal?: AbortSignal) {
        const dial: (...args: Dial) => void = (options, callback) => {
            const ends = [options.abortSignal ?? within(this.timeout), ...(signal ? [signal] : [])];

            this.#dial(options, ends, callback);
        };

        const modem = Object.assign(Object.create(this.#modem) as Docker['modem'], { dial });

        return new Docker({ modem } as object);
    }

    /** Whether it is Podman, which speaks the same language with some other habits. */
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
     * Reads the answer itself: docker-modem waits for the end of one for ever where the connection is cut. Settles by the
     * end itself, too: a request that has no connection yet says nothing when it is given up.
     */
    #dial(options: Dial[0], ends: AbortSignal[], callback: Dial[1]) {
        const abortSignal = AbortSignal.any(ends);
        const settle: NonNullable<Dial[1]> = (error, answer) => {
            abortSignal.removeEventListener('abort', giveUp);
            // Names the ends themselves: Node 20 forgets a timeout that only `AbortSignal.any` knows of.
            const end = ends.find(({ aborted }) => aborted);

            callback?.(error && end ? reasonOf(end) : masked(error), answer);
        };

        // A promise keeps to its first outcome, so what comes after this changes nothing.
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

/** @param milliseconds 0 for no end */
export function within(milliseconds: number): AbortSignal {
    return milliseconds ? AbortSignal.timeout(Math.min(milliseconds, LONGEST)) : new AbortController().signal;
}

/** Ends some time after a shutdown, whenever that comes. */
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
 * The engine quotes what it was sent, and that holds a token: in its words, and in the answer that docker-modem adds.
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
