'use strict';

const { buffer } = require('node:stream/consumers');
const Docker = require('dockerode');
const { withoutSecrets } = require('screwdriver-executor-base');
const { configError, timeoutError } = require('./errors');

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

/** @typedef {Parameters<Docker['modem']['dial']>} Dial */

/** The Docker engine: whatever it is asked for has an end. */
class Engine {
    #modem;
    /** @type {boolean | undefined} */
    #isPodman;
    /** @type {string | undefined} */
    #node;

    /** @param {Docker.DockerOptions} [options] */
    constructor(options) {
        const isNamed = options?.socketPath ?? options?.host;

        /** Milliseconds for one answer, 0 for no end. */
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
     *
     * @param {AbortSignal} [signal]
     */
    client(signal) {
        /** @type {(...args: Dial) => void} */
        const dial = (options, callback) => {
            const ends = [options.abortSignal ?? within(this.timeout), ...(signal ? [signal] : [])];

            this.#dial(options, ends, callback);
        };

        return new Docker(/** @type {object} */ ({ modem: Object.assign(Object.create(this.#modem), { dial }) }));
    }

    /**
     * Whether it is Podman, which speaks the same language with some other habits.
     *
     * @param {AbortSignal} [signal]
     */
    async isPodman(signal) {
        if (this.#isPodman === undefined) {
            const { Components = [] } = await this.client(signal).version();

            this.#isPodman = Components.some(({ Name }) => Name === 'Podman Engine');
        }

        return this.#isPodman;
    }

    /**
     * The name of the engine's host.
     *
     * @param {AbortSignal} [signal]
     */
    async node(signal) {
        return (this.#node ??= String((await this.client(signal).info()).Name));
    }

    /**
     * Reads the answer itself: docker-modem waits for the end of one for ever where the connection is cut. Settles by the
     * end itself, too: a request that has no connection yet says nothing when it is given up.
     *
     * @param {Dial[0]} options
     * @param {AbortSignal[]} ends
     * @param {Dial[1]} callback
     */
    #dial(options, ends, callback) {
        const abortSignal = AbortSignal.any(ends);
        /** @type {NonNullable<Dial[1]>} */
        const settle = (error, answer) => {
            abortSignal.removeEventListener('abort', giveUp);
            // Names the ends themselves: Node 20 forgets a timeout that only `AbortSignal.any` knows of.
            const end = ends.find(({ aborted }) => aborted);

            callback?.(error && end ? reasonOf(end) : masked(error), answer);
        };

        // A promise keeps to its first outcome, so what comes after this changes nothing.
        const giveUp = () => settle(abortSignal.reason, null);

        if (abortSignal.aborted) return giveUp();
        abortSignal.addEventListener('abort', giveUp, { once: true });
        this.#modem.dial({ ...options, abortSignal, isStream: true }, (error, answer) => {
            if (error || options.isStream) return settle(error, answer);
            buffer(/** @type {import('node:http').IncomingMessage} */ (answer)).then(
                body => settle(null, parsed(body)),
                cause => settle(new Error('the answer was cut off', { cause }), null)
            );
        });
    }
}

/**
 * @param {number} milliseconds 0 for no end
 * @returns {AbortSignal}
 */
function within(milliseconds) {
    return milliseconds ? AbortSignal.timeout(Math.min(milliseconds, LONGEST)) : new AbortController().signal;
}

/**
 * Ends some time after a shutdown, whenever that comes.
 *
 * @param {AbortSignal} shutdown
 * @returns {AbortSignal}
 */
function lastCalls(shutdown) {
    const last = new AbortController();
    const begin = () => setTimeout(() => last.abort(shutdown.reason), LAST_CALLS).unref();

    if (shutdown.aborted) begin();
    else shutdown.addEventListener('abort', begin, { once: true });

    return last.signal;
}

/** @param {AbortSignal} signal */
function reasonOf({ reason }) {
    return reason?.name === 'TimeoutError' ? timeoutError('no whole answer in time') : reason;
}

/**
 * The engine quotes what it was sent, and that holds a token: in its words, and in the answer that docker-modem adds.
 *
 * @param {Error & { json?: unknown } | null} error
 */
function masked(error) {
    if (error) {
        error.message = withoutSecrets(error.message);
        error.stack = withoutSecrets(String(error.stack));
        delete error.json;
    }

    return error;
}

/** @param {Buffer} body */
function parsed(body) {
    try {
        return JSON.parse(body.toString()) || body;
    } catch {
        return body;
    }
}

module.exports = { Engine, lastCalls, within };
