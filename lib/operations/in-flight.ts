import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { shutDown, tooLate } from './reasons';
import type { Call } from './call';
import type { ExchangeConfig } from '../config';

/** Separate from the executors: this works for a proxy too, and adds no property that could clash with a subclass. */
const byExecutor = new WeakMap<object, InFlight>();

/** What an exchange needs, as it was when the operations that hold it were called. */
export interface Held extends Pick<ExchangeConfig, 'token' | 'apiUri' | 'buildId'> {
    /** How many operations hold it. */
    holders: number;
    /** How the last exchange reached the API. */
    connection?: Connection;
}

/** How the API is reached: options of the exchange. */
export interface Connection {
    agent?: HttpAgent | HttpsAgent | undefined;
    ca?: string | Buffer | Array<string | Buffer> | undefined;
}

/** The operations of one executor that are in progress. */
export class InFlight {
    readonly #operations = new Set<Call>();
    /** What validated operations hold, by token. */
    readonly #held = new Map<string, Held[]>();
    readonly #idle = new Set<() => void>();

    #cleaningUp: Promise<undefined> | undefined;
    /** The reason for aborting operations, while the executor shuts down. */
    #reason: Error | undefined;

    static of(executor: object): InFlight {
        let inFlight = byExecutor.get(executor);

        if (!inFlight) byExecutor.set(executor, (inFlight = new InFlight()));

        return inFlight;
    }

    /** What the operations in progress on an executor hold for this token, if it is one: one entry for all that agree. */
    static heldBy(executor: object, token: unknown): Held[] {
        const inFlight = byExecutor.get(executor);

        return (inFlight && inFlight.#held.get(token as string)) ?? [];
    }

    /** Counts an operation until its call has settled and it is over. */
    enter(operation: Call): void {
        this.#operations.add(operation);
    }

    /** The call has settled. Only the work that continues keeps the operation in progress. */
    settled(operation: Call): void {
        if (this.#reason) this.#abortContinuing(operation, this.#reason);
        operation.onceOver(() => this.#leave(operation));
    }

    /** Keeps what an exchange needs while the operation is in progress. */
    hold(operation: Call, { token, apiUri, buildId }: Partial<ExchangeConfig>): void {
        if (!token || !apiUri || buildId === undefined) return;
        const entries = this.#held.get(token) ?? [];
        let held = entries.find(entry => entry.apiUri === apiUri && Number(entry.buildId) === Number(buildId));

        if (!held) entries.push((held = { token, apiUri, buildId, holders: 0 }));
        held.holders += 1;
        operation.held = held;
        this.#held.set(token, entries);
    }

    #release(held: Held): void {
        held.holders -= 1;
        if (held.holders > 0) return;
        const others = this.#held.get(held.token)!.filter(entry => entry !== held);

        if (others.length > 0) this.#held.set(held.token, others);
        else this.#held.delete(held.token);
    }

    #leave(operation: Call): void {
        this.#operations.delete(operation);
        if (operation.held) this.#release(operation.held);
        if (this.#operations.size === 0) for (const tell of this.#idle) tell();
    }

    /** Runs the hook. Calls during a run share its outcome. */
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

    /**
     * Waits until no operation is in progress. After `patience` it aborts the signals of the hooks. At the deadline it
     * rejects, unless only ends of builds that continue after their stop are left, which the diagnostics report. It
     * does not abort reports of failures before the deadline, since nobody would send them again.
     *
     * @param deadline milliseconds
     * @param patience milliseconds
     */
    async finish(deadline: number, patience: number): Promise<void> {
        const end = performance.now() + deadline;
        const reason = shutDown();

        this.#reason = reason;
        try {
            for (const operation of this.#operations) this.#abortContinuing(operation, reason);
            if (await this.#idleWithin(patience)) return;
            for (const operation of this.#operations) if (!isReport(operation)) operation.shutDown(reason);
            if (await this.#idleWithin(end - performance.now())) return;
            for (const operation of this.#operations) if (isReport(operation)) operation.shutDown(reason);
        } finally {
            this.#reason = undefined;
        }
        const isEnding = (operation: Call) => operation.name === 'stop' && operation.continues;
        const late = [...this.#operations]
            .filter(operation => !isEnding(operation) && !isReport(operation))
            .map(({ name }) => name);

        for (const operation of this.#operations) {
            if (isEnding(operation)) operation.fail(tooLate(['stop'], deadline));
        }
        if (late.length > 0) throw tooLate(late, deadline);
    }

    /** A start that continues has already been answered: nobody waits for it. */
    #abortContinuing(operation: Call, reason: Error): void {
        if (operation.name === 'start' && operation.continues) operation.shutDown(reason);
    }

    async #idleWithin(milliseconds: number): Promise<boolean> {
        if (this.#operations.size === 0) return true;
        if (milliseconds <= 0) return false;

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

function isReport({ name }: Call): boolean {
    return name === 'reportFailure';
}
