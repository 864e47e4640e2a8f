import type { Call } from './call';

/** The second argument of every hook but `_cleanUp`. */
export interface HookContext {
    /**
     * Aborted when the executor shuts down and its time runs out; for a start in turn, also by a stop of the build. For
     * calls that wait or read.
     */
    readonly signal: AbortSignal;
    /**
     * Aborted only by the shutdown, and before `signal`. For a request that creates something: an engine may carry it
     * out although its client has given up.
     */
    readonly shutdownSignal: AbortSignal;
}

/** The second argument of `_start`. */
export interface StartContext extends HookContext {
    /**
     * For work that continues after start has resolved with `false`. It counts as the build's start until it settles.
     * If it rejects, the build becomes a FAILURE in the API, unless a stop or the shutdown has aborted it.
     *
     * @throws Error once the start is over
     */
    readonly waitUntil: (work: PromiseLike<unknown>) => void;
}

/** The second argument of `_stop`. */
export interface StopContext extends HookContext {
    /**
     * For the end of the build, such as its grace period and removal, if that continues after stop has resolved. Until
     * it settles, starts of the build wait, and another stop resolves without calling the hook. Give the work a time
     * limit of its own. The diagnostics report a rejection.
     *
     * @throws Error once the hook has settled
     */
    readonly waitUntil: (work: PromiseLike<unknown>) => void;
}

/** The second argument of `_verify` and `_status`. */
export interface VerifyContext extends HookContext {
    /**
     * Whether a start of the build is waiting, running or continuing in this executor at the moment of reading, and no
     * stop has aborted it. False without `callsInTurn`.
     */
    readonly isStarting: boolean;
}

/**
 * What hooks see of an operation, each through its own type. Separate from the call, so that no hook can abort
 * anything.
 */
export class OperationContext implements StartContext, VerifyContext {
    readonly #operation: Call;
    readonly #isStarting: (() => boolean) | undefined;

    /** @param isStarting for calls in turn, which have two signals */
    constructor(operation: Call, isStarting?: () => boolean) {
        this.#operation = operation;
        this.#isStarting = isStarting;
    }

    get signal(): AbortSignal {
        return this.#operation.signal;
    }

    get shutdownSignal(): AbortSignal {
        return this.#isStarting ? this.#operation.shutdownSignal : this.#operation.signal;
    }

    /** Works without the context, since hooks destructure their argument. */
    get waitUntil(): (work: PromiseLike<unknown>) => void {
        return work => this.#operation.waitUntil(work);
    }

    get isStarting(): boolean {
        return this.#isStarting !== undefined && this.#isStarting();
    }
}
