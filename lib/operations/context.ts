import type { Call } from './call';

/** The second argument of every hook but `_cleanUp`. */
export interface HookContext {
    /**
     * Aborted when the executor shuts down and its time runs out, and for a start in turn also by a stop of the build:
     * for what waits or reads.
     */
    readonly signal: AbortSignal;
    /**
     * Aborted by the shutdown alone, and before `signal`: for the request that makes something, which an engine may carry
     * out although its client has given up.
     */
    readonly shutdownSignal: AbortSignal;
}

/** The second argument of `_start`. */
export interface StartContext extends HookContext {
    /**
     * For work that goes on after start has resolved `false`: until it settles it counts as the build's start. Where it
     * rejects, the build is made a FAILURE in the API, unless a stop or the shutdown has aborted it.
     *
     * @throws Error once the start is over
     */
    readonly waitUntil: (work: PromiseLike<unknown>) => void;
}

/** The second argument of `_stop`. */
export interface StopContext extends HookContext {
    /**
     * For the end of the build that goes on after stop has resolved: its grace time, its removal. Until it settles,
     * starts of the build wait, and a further stop resolves without another call of the hook. Whoever hands it over
     * bounds it. Where it rejects, the diagnostics tell.
     *
     * @throws Error once the hook has settled
     */
    readonly waitUntil: (work: PromiseLike<unknown>) => void;
}

/** The second argument of `_verify` and `_status`. */
export interface VerifyContext extends HookContext {
    /**
     * Whether a start of the build waits, runs or goes on in this executor when it is read, and no stop has aborted it.
     * False for a class whose calls are not in turn.
     */
    readonly isStarting: boolean;
}

/** What hooks see of an operation: each by the type of its own. Apart from it, so that no hook can abort anything. */
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

    /** Works apart from the context, too: hooks take it out of their argument. */
    get waitUntil(): (work: PromiseLike<unknown>) => void {
        return work => this.#operation.waitUntil(work);
    }

    get isStarting(): boolean {
        return this.#isStarting !== undefined && this.#isStarting();
    }
}
