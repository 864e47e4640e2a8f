import type { Held } from './in-flight';

type HookState = 'not called' | 'running' | 'resolved' | 'rejected';

/** The requests and waits of an operation, for the diagnostics. */
export interface Tries {
    /** How many requests were made. */
    attempts?: number;
    /** Milliseconds that the call waited for its turn or between its requests. */
    waited?: number;
}

/** Called for a failure that no caller gets. */
type Unheard = (operation: Call, error: unknown) => void;

/**
 * One call of an operation: its hook, the work that continues after the hook, and the signals of both. It is over when
 * all of that has settled.
 */
export class Call implements Tries {
    readonly name: string;
    declare attempts?: number;
    declare waited?: number;
    hook: HookState = 'not called';
    /** The part of its config that an exchange needs, if the config has it. */
    held: Held | undefined;
    /** Whether its work has exceeded its time: it accepts no further work. */
    isLeft = false;
    /** Whether a failure of it has been reported to the API, which happens once. */
    isReported = false;

    readonly #unheard: Unheard;
    #done: Promise<unknown> | undefined;
    /** The number of things that have not settled: the hook, and the promises passed to `waitUntil`. */
    #atWork = 0;
    #whenOver: Array<() => void> | undefined;
    // Created when a hook first uses them: most hooks never do.
    #signal: AbortController | undefined;
    #shutdownSignal: AbortController | undefined;
    #abortedBy: Error | undefined;
    #shutDownBy: Error | undefined;

    constructor(name: string, unheard: Unheard) {
        this.name = name;
        this.#unheard = unheard;
    }

    /** Whether all its work has settled. */
    get isOver(): boolean {
        return this.#atWork === 0;
    }

    /** Whether work continues after its hook. */
    get continues(): boolean {
        return !this.isOver && this.hook !== 'running';
    }

    get isAborted(): boolean {
        return this.#abortedBy !== undefined;
    }

    get signal(): AbortSignal {
        return (this.#signal ??= controllerOf(this.#abortedBy)).signal;
    }

    /** The same as `signal`, except for a start in turn, whose `signal` a stop aborts as well. */
    get shutdownSignal(): AbortSignal {
        return (this.#shutdownSignal ??= controllerOf(this.#shutDownBy)).signal;
    }

    run(hook: () => unknown): Promise<unknown> {
        this.#atWork += 1;
        this.hook = 'running';
        this.#done = this.#call(hook);

        return this.#done;
    }

    async #call(hook: () => unknown): Promise<unknown> {
        let outcome: HookState = 'rejected';

        try {
            const result = await hook();

            outcome = 'resolved';

            return result;
        } finally {
            this.hook = outcome;
            this.#settled();
        }
    }

    /** Keeps the call from being over until the work has settled, and reports a failure of the work. */
    waitUntil(work: unknown): void {
        const promise = Promise.resolve(work);
        const isAccepted = this.name === 'start' ? !this.isOver && !this.isLeft : this.hook === 'running';

        if (!isAccepted) {
            // The error below is enough: a failure of the work must not end the process.
            promise.catch(() => {});
            throw new Error(`waitUntil was called too late: the ${this.name} is over`);
        }
        this.#atWork += 1;
        void this.#follow(promise);
    }

    async #follow(work: Promise<unknown>): Promise<void> {
        try {
            await work;
        } catch (error) {
            await Promise.allSettled([this.#done]);
            this.fail(error);
        } finally {
            this.#settled();
        }
    }

    fail(error: unknown): void {
        this.#unheard(this, error);
    }

    /** Calls back when the call is over; at once if it already is. */
    onceOver(callback: () => void): void {
        if (this.isOver) callback();
        else (this.#whenOver ??= []).push(callback);
    }

    #settled(): void {
        this.#atWork -= 1;
        if (this.#atWork > 0) return;
        const callbacks = this.#whenOver;

        this.#whenOver = undefined;
        callbacks?.forEach(callback => callback());
    }

    /** Aborts `signal` alone. */
    abort(reason: Error): void {
        this.#abortedBy ??= reason;
        this.#signal?.abort(reason);
    }

    /** Aborts both signals. A listener of `signal` sees `shutdownSignal` aborted already. */
    shutDown(reason: Error): void {
        this.#shutDownBy ??= reason;
        this.#shutdownSignal?.abort(reason);
        this.abort(reason);
    }
}

function controllerOf(reason: Error | undefined): AbortController {
    const controller = new AbortController();

    if (reason) controller.abort(reason);

    return controller;
}
