import type { Call } from './call';
import { shutDown, stopped, stopping } from './reasons';

/** Milliseconds for which a stop waits for a start that takes no notice of its signal. */
export const LONGEST_WAIT = 10_000;

/** Apart from the executors, as for what is in flight. */
const byExecutor = new WeakMap<object, Turns>();

/** A hook that is called in its turn, for one call or for several at once: all have its outcome. */
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

    /** Not before whoever has called the operation has its promise, and can stop the build. */
    async #callHook(): Promise<unknown> {
        await Promise.resolve();

        return this.isStopped ? false : this.hook();
    }
}

/**
 * What there is of one build. Nothing at all: it is forgotten. A start and a stop may each be in one of these states:
 *
 *     start   waiting    a stop is in flight or goes on: the hook has not been called
 *             at work    the hook, or what it handed to `waitUntil`, has not settled
 *             aborted    by a stop, and still at work: a stop waits for it
 *             left       aborted for {@link LONGEST_WAIT}: over for all callers, but it keeps others from starting
 *     stop    in flight  it waits for an aborted start, or its hook has not settled
 *             goes on    the hook has settled, what it handed to `waitUntil` has not
 */
class Build {
    /** The start that waits or is at work: others share it. */
    start: Turn | undefined;
    /** The start that is aborted, or left. */
    aborted: Turn | undefined;
    /** The stop in flight, or that has resolved and goes on: others share it. */
    stop: Turn | undefined;
    /** Every stop that is in flight or goes on: a start waits for all of them. */
    readonly stops = new Set<Turn>();
    /** Stops the build as it was stopped last. Only a start that a stop has aborted is left: then it is set. */
    stopAgain!: () => void;
}

/** The calls for the builds of one executor, in turn. Builds are known by the text of their id. */
export class Turns {
    readonly #builds = new Map<string, Build>();
    #isClosed = false;

    static of(executor: object): Turns {
        let turns = byExecutor.get(executor);

        if (!turns) byExecutor.set(executor, (turns = new Turns()));

        return turns;
    }

    /** The start of a build that is in flight on an executor, aborted or not. */
    static startOf(executor: object, id: string): Call | undefined {
        const turns = byExecutor.get(executor);
        const build = turns && turns.#builds.get(id);
        const turn = build?.start ?? build?.aborted;

        return turn?.operation.isLeft ? undefined : turn?.operation;
    }

    /** Whether a start of the build waits or is at work, and no stop has aborted it. */
    isStarting(id: string): boolean {
        return this.#builds.get(id)?.start !== undefined;
    }

    /** Whether a stop of the build is in flight or goes on. */
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

    /** @param stopAgain makes the same call again by {@link stopAgain}, for nobody who waits */
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

    /** Calls the hook after a stop that is in flight: a start that was left has ended meanwhile. */
    async stopAgain(id: string, operation: Call, hook: () => unknown): Promise<unknown> {
        const build = this.#of(id);
        const before = build.stop;
        const turn = this.#enqueue(build, operation, hook);

        await Promise.allSettled([before?.outcome]);
        this.#end(id, build, turn);

        return inTurn(turn, operation);
    }

    /** From now on nothing is started. */
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

    /** Nothing of a stop is there any more. */
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

    /** Resolves when the start is over, or is left. */
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
        // Who stops the build again after a failure has the hook called again.
        turn.outcome.catch(forget);
        turn.operation.onceOver(() => {
            build.stops.delete(turn);
            forget();
            if (build.stops.size === 0 && build.start) this.#begin(id, build, build.start);
            this.#forget(id, build);
        });
    }
}

/** The outcome of a turn for one of the calls that have it. */
async function inTurn(turn: Turn, operation: Call): Promise<unknown> {
    const calledAt = performance.now();

    try {
        return await turn.outcome;
    } finally {
        operation.waited = Math.max(0, (turn.begunAt ?? performance.now()) - calledAt);
    }
}
