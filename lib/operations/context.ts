/** The second argument of every hook but `_cleanUp`. */
export interface HookContext {
    /** Aborted when the executor shuts down and its time runs out: stop waiting on the engine. */
    readonly signal: AbortSignal;
}

/** Makes its signal when a hook first asks for it: most never do. */
export class OperationContext implements HookContext {
    #controller: AbortController | undefined;

    get signal(): AbortSignal {
        return this.#own().signal;
    }

    /** Apart from the instance, so that a hook cannot abort what it was given. */
    static abort(context: OperationContext, reason: Error): void {
        context.#own().abort(reason);
    }

    #own(): AbortController {
        return (this.#controller ??= new AbortController());
    }
}
