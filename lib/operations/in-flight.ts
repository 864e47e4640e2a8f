import { ExecutorError } from '../errors/executor-error';
import { OperationContext, type HookContext } from './context';
import type { ExchangeConfig } from '../config';

/** The share of a deadline that passes before the hooks are told to stop waiting. */
const PATIENCE = 0.8;

/** Apart from the executors: it works for a proxy as well, and adds nothing that a subclass could meet. */
const byExecutor = new WeakMap<object, InFlight>();

/** The operations of one executor that have not settled yet. */
export class InFlight {
    readonly #operations = new Map<OperationContext, string>();
    /** The configs of validated operations by their token, with the number of operations that hold each. */
    readonly #configs = new Map<string, { config: ExchangeConfig; holders: number }>();
    readonly #idle = new Set<() => void>();

    #cleaningUp: Promise<undefined> | undefined;

    static of(executor: object): InFlight {
        let inFlight = byExecutor.get(executor);

        if (!inFlight) byExecutor.set(executor, (inFlight = new InFlight()));

        return inFlight;
    }

    /** The config of an operation in flight on an executor, by its token. */
    static configOf(executor: object, token: string): ExchangeConfig | undefined {
        const inFlight = byExecutor.get(executor);

        return inFlight && inFlight.#configs.get(token)?.config;
    }

    /** Counts an operation from here until its work has settled. */
    async during(operation: string, work: (context: HookContext) => unknown): Promise<any> {
        const context = new OperationContext();

        this.#operations.set(context, operation);
        try {
            return await work(context);
        } finally {
            this.#operations.delete(context);
            if (this.#operations.size === 0) for (const tell of this.#idle) tell();
        }
    }

    /** Runs the hook, unless it runs already: then its outcome is shared. */
    cleanUp(hook: () => unknown): Promise<undefined> {
        this.#cleaningUp ??= new Promise(resolve => {
            resolve(hook());
        })
            .then(() => undefined)
            .finally(() => {
                this.#cleaningUp = undefined;
            });

        return this.#cleaningUp;
    }

    /** Remembers a config that can be exchanged until it is released. */
    hold(config: ExchangeConfig): () => void {
        const { token, apiUri } = config;

        if (!token || !apiUri) return () => {};
        const entry = this.#configs.get(token) ?? { config, holders: 0 };

        entry.holders += 1;
        this.#configs.set(token, entry);

        return () => {
            entry.holders -= 1;
            if (entry.holders === 0) this.#configs.delete(token);
        };
    }

    /**
     * Waits until nothing is in flight. Near the deadline the hooks' signals are aborted; at the deadline it rejects.
     *
     * @param deadline milliseconds
     */
    async finish(deadline: number): Promise<void> {
        const end = performance.now() + deadline;

        if (await this.#idleWithin(deadline * PATIENCE)) return;
        const reason = new ExecutorError('The executor is shutting down', {
            code: 'EXECUTOR_SHUTDOWN',
            kind: 'cancelled',
            retryable: true
        });

        for (const context of this.#operations.keys()) OperationContext.abort(context, reason);
        if (await this.#idleWithin(end - performance.now())) return;

        const names = [...new Set(this.#operations.values())].join(', ');

        throw new ExecutorError(
            `${this.#operations.size} operation(s) did not end within ${deadline} ms of the shutdown: ${names}`,
            { code: 'EXECUTOR_SHUTDOWN_TIMEOUT', kind: 'timeout' }
        );
    }

    async #idleWithin(milliseconds: number): Promise<boolean> {
        if (this.#operations.size === 0) return true;

        return await new Promise<boolean>(resolve => {
            const leave = (idle: boolean) => {
                clearTimeout(timer);
                this.#idle.delete(tell);
                resolve(idle);
            };
            const tell = () => leave(true);
            const timer = setTimeout(leave, milliseconds, false);

            this.#idle.add(tell);
        });
    }
}
