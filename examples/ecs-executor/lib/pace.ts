import { setTimeout as wait } from 'node:timers/promises';

/** Paces requests as AWS counts them: a burst at once, then a steady rate. */
export class Pace {
    #interval;
    #burst;
    #due = 0;

    /** @param rate turns per second */
    constructor(burst: number, rate: number) {
        this.#interval = 1000 / rate;
        this.#burst = burst * this.#interval;
    }

    /** Resolves when it is the caller's turn. If the signal is aborted, it rejects with its reason, and the turn is lost. */
    async turn(signal: AbortSignal) {
        signal.throwIfAborted();
        const now = performance.now();

        this.#due = Math.max(this.#due, now) + this.#interval;
        await wait(Math.max(0, this.#due - this.#burst - now), undefined, { signal }).catch(() => {});
        signal.throwIfAborted();
    }
}
