import type { Call } from './call';
import { shutDown, stopped, stopping } from './reasons';

/** Milliseconds that a stop waits for a start that ignores its signal. */
export const LONGEST_WAIT = 10_000;

/** Separate from the executors, for the same reason as in in-flight.ts. */
const byExecutor = new WeakMap<object, Turns>();

/** A hook that is called in its turn, for one call or for several concurrent ones, which share its outcome. */
class Turn {
    readonly operation: Call;
    readonly hook: () => unknown;
    readonly outcome: Promise<unknown>;
    /** When the hook was called. */
    begunAt: number | undefined;
    isStopped = false;
    resolve!: (value: unknown) => void;
    reject!: (error: unknown) => void;

    constructor(operation: Call, hook: () => unknown) {
        this.operation = operation;
        this.hook = hook;
        this.outcome = new Promise((resolve, reject) => {
            this.resolve = resolve;
            this.reject = reject;
        });
    }

    get isWaiting(): boolean {
        return this.begunAt === undefined;
    }

    run(): void {
        this.begunAt = performance.now();
        this.operation
            .run(() => this.#callHook())
            .then(
                value => this.resolve(this.isStopped ? false : value),
                (error: unknown) => (this.isStopped ? this.resolve(false) : this.reject(error))
            );
    }

    /** Waits until the caller of the operation has its promise, and can stop the build. */
    async #callHook(): Promise<unknown> {
        await Promise.resolve();

        return this.isStopped ? false : this.hook();
    }
}

/**
 * The calls for one build. Forgotten when there are none. A start and a stop may each be in one of these states:
 *
 *     start   waiting      a stop is in progress or continues: the hook has not been called
 *             at work      the hook, or what it passed to `waitUntil`, has not settled
 *             aborted      by a stop, and still at work: a stop waits for it
 *             left         aborted for {@link LONGEST_WAIT}: over for all callers, but it keeps others from starting
 *     stop    in progress  it waits for an aborted start, or its hook has not settled
 *             continues    the hook has settled, what it passed to `waitUntil` has not
 */
class Build {
    /** The start that waits or is at work. Other starts share it. */
    start: Turn | undefined;
    /** The start that is aborted or left. */
    aborted: Turn | undefined;
    /** The stop that is in progress, or has resolved and continues. Other stops share it. */
    stop: Turn | undefined;
    /** Every stop that is in progress or continues. A start waits for all of them. */
    readonly stops = new Set<Turn>();
    /** Repeats the last stop of the build. It is set before it is used, since only a stop makes a start `left`. */
    stopAgain!: () => void;
}

/** The calls for the builds of one executor, in turn. Keyed by the canonical id of the build. */
export class Turns {
    readonly #builds = new Map<string, Build>();
    #isClosed = false;

    static of(executor: object): Turns {
        let turns = byExecutor.get(executor);

        if (!turns) byExecutor.set(executor, (turns = new Turns()));

        return turns;
    }

    /** The start of a build that is in progress on an executor, aborted or not. */
    static startOf(executor: object, id: string): Call | undefined {
        const turns = byExecutor.get(executor);
        const build = turns && turns.#builds.get(id);
        const turn = build?.start ?? build?.aborted;

        return turn?.operation.isLeft ? undefined : turn?.operation;
    }

    /** Whether a start of the build is waiting or at work, and no stop has aborted it. */
    isStarting(id: string): boolean {
        return this.#builds.get(id)?.start !== undefined;
    }

    /** Whether a stop of the build is in progress or continues. */
    isEnding(id: string): boolean {
        const build = this.#builds.get(id);

        return build !== undefined && build.stops.size > 0;
    }

    start(id: string, operation: Call, hook: () => unknown): Promise<unknown> {
        const build = this.#of(id);

        if (build.start) return inTurn(build.start, operation);
        const turn = new Turn(operation, hook);

        build.start = turn;
        if (this.#isClosed) this.#refuse(id, build, shutDown());
        else if (build.stops.size === 0) this.#begin(id, build, turn);

        return inTurn(turn, operation);
    }

    /** @param stopAgain repeats this call through {@link stopAgain}, without a caller */
    stop(id: string, operation: Call, hook: () => unknown, stopAgain: () => void): Promise<unknown> {
        const build = this.#of(id);
        const { start } = build;

        build.stopAgain = stopAgain;
        build.start = undefined;
        if (start?.isWaiting) start.resolve(false);
        if (build.stop) return inTurn(build.stop, operation);
        const turn = this.#enqueue(build, operation, hook);

        if (start && !start.isWaiting) void this.#abort(build, start).then(() => this.#end(id, build, turn));
        else this.#end(id, build, turn);

        return inTurn(turn, operation);
    }

    /** Calls the hook after the stop in progress, because a start that was left has ended since. */
    async stopAgain(id: string, operation: Call, hook: () => unknown): Promise<unknown> {
        const build = this.#of(id);
        const before = build.stop;
        const turn = this.#enqueue(build, operation, hook);

        await Promise.allSettled([before?.outcome]);
        this.#end(id, build, turn);

        return inTurn(turn, operation);
    }

    /** Refuses all starts from now on. */
    close(): void {
        this.#isClosed = true;
        for (const [id, build] of this.#builds) {
            if (build.start?.isWaiting) this.#refuse(id, build, shutDown());
        }
    }

    #of(id: string): Build {
        let build = this.#builds.get(id);

        if (!build) this.#builds.set(id, (build = new Build()));

        return build;
    }

    #forget(id: string, build: Build): void {
        if (!build.start && !build.aborted && build.stops.size === 0) this.#builds.delete(id);
    }

    #refuse(id: string, build: Build, error: Error): void {
        build.start!.reject(error);
        build.start = undefined;
        this.#forget(id, build);
    }

    /** Begins a start once all stops are over. */
    #begin(id: string, build: Build, turn: Turn): void {
        if (build.aborted) return this.#refuse(id, build, stopping());
        turn.run();
        turn.operation.onceOver(() => {
            if (build.start === turn) build.start = undefined;
            if (build.aborted === turn) build.aborted = undefined;
            if (turn.operation.isLeft) build.stopAgain();
            this.#forget(id, build);
        });
    }

    /** Resolves when the start is over or is left. */
    #abort(build: Build, start: Turn): Promise<void> {
        const { operation } = start;

        build.aborted = start;
        start.isStopped = true;

        return new Promise(resolve => {
            const timer = setTimeout(() => {
                operation.isLeft = true;
                start.resolve(false);
                resolve();
            }, LONGEST_WAIT);

            operation.onceOver(() => {
                clearTimeout(timer);
                resolve();
            });
            operation.abort(stopped());
        });
    }

    #enqueue(build: Build, operation: Call, hook: () => unknown): Turn {
        const turn = new Turn(operation, hook);

        build.stop = turn;
        build.stops.add(turn);

        return turn;
    }

    #end(id: string, build: Build, turn: Turn): void {
        const forget = () => {
            if (build.stop === turn) build.stop = undefined;
        };

        turn.run();
        // After a failure, another stop calls the hook again.
        turn.outcome.catch(forget);
        turn.operation.onceOver(() => {
            build.stops.delete(turn);
            forget();
            if (build.stops.size === 0 && build.start) this.#begin(id, build, build.start);
            this.#forget(id, build);
        });
    }
}

/** The outcome of a turn, for one of the calls that share it. */
async function inTurn(turn: Turn, operation: Call): Promise<unknown> {
    const calledAt = performance.now();

    try {
        return await turn.outcome;
    } finally {
        operation.waited = Math.max(0, (turn.begunAt ?? performance.now()) - calledAt);
    }
}
