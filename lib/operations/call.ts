import type { Held } from './in-flight';

type HookState = 'not called' | 'running' | 'resolved' | 'rejected';

/** What diagnostics tell of the requests and the waits of an operation. */
export interface Tries {
    /** How many requests were made. */
    attempts?: number;
    /** Milliseconds that a call waited for its turn, or between its requests. */
    waited?: number;
}

/** Told of a failure that no caller hears of. */
type Unheard = (operation: Call, error: unknown) => void;

/**
 * One call of an operation: its hook, the work that goes on after that, and the signals of both. It is over when all of
 * that has settled.
 */
export class Call implements Tries {
    readonly name: string;
    declare attempts?: number;
    declare waited?: number;
    hook: HookState = 'not called';
    /** What it was called with, where that can be exchanged. */
    held: Held | undefined;
    /** Whether its work went on beyond the time that it had: it takes no more. */
    isLeft = false;
    /** Whether a failure of it is reported to the API: one will do. */
    isReported = false;

    readonly #unheard: Unheard;
    #done: Promise<unknown> | undefined;
    /** What has not settled yet: the hook, and what was handed to `waitUntil`. */
    #atWork = 0;
    #whenOver: Array<() => void> | undefined;
    // Made when a hook first asks for them: most never do.
    #signal: AbortController | undefined;
    #shutdownSignal: AbortController | undefined;
    #abortedBy: Error | undefined;
    #shutDownBy: Error | undefined;

    constructor(name: string, unheard: Unheard) {
        this.name = name;
        this.#unheard = unheard;
    }

    /** Whether nothing of it is at work. */
    get isOver(): boolean {
        return this.#atWork === 0;
    }

    /** Whether work goes on after its hook. */
    get goesOn(): boolean {
        return !this.isOver && this.hook !== 'running';
    }

    get isAborted(): boolean {
        return this.#abortedBy !== undefined;
    }

    get signal(): AbortSignal {
        return (this.#signal ??= controllerOf(this.#abortedBy)).signal;
    }

    /** The same as `signal` but for a start in turn, which a stop aborts as well. */
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

    /** Keeps it from being over until the work has settled, and tells of its failure. */
    waitUntil(work: unknown): void {
        const promise = Promise.resolve(work);
        const isTaken = this.name === 'start' ? !this.isOver && !this.isLeft : this.hook === 'running';

        if (!isTaken) {
            // The error below is all that there is to say: a failure of the work must not end the process.
            promise.catch(() => {});
            throw new Error(`waitUntil comes too late: the ${this.name} is over`);
        }
        this.#atWork += 1;
        void this.#goOn(promise);
    }

    async #goOn(work: Promise<unknown>): Promise<void> {
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

    /** Calls back when it is over; at once where it is. */
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

    /** Aborts both signals: whoever listens to `signal` finds the other one aborted. */
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
