/** A turn that is waited for. */
type Turn = () => void;

/** Hands out turns as AWS counts requests: some at once, then so many a second. What is urgent comes first. */
export class Pace {
    #left;
    #burst;
    #rate;
    #filledAt = performance.now();
    #urgent = new Set<Turn>();
    #patient = new Set<Turn>();
    #timer: NodeJS.Timeout | undefined;

    /** @param rate per second */
    constructor(burst: number, rate: number) {
        this.#left = this.#burst = burst;
        this.#rate = rate;
    }

    /** Resolves when it is the caller's turn. Rejects with the signal's reason. */
    async turn(isUrgent: boolean, signal: AbortSignal) {
        const queue = isUrgent ? this.#urgent : this.#patient;
        const { promise, resolve, reject } = withResolvers();
        const giveUp = () => {
            queue.delete(resolve);
            this.#serve();
            reject(signal.reason);
        };

        signal.throwIfAborted();
        signal.addEventListener('abort', giveUp, { once: true });
        queue.add(resolve);
        this.#serve();
        await promise.finally(() => signal.removeEventListener('abort', giveUp));
    }

    #serve() {
        const now = performance.now();

        this.#left = Math.min(this.#burst, this.#left + ((now - this.#filledAt) / 1000) * this.#rate);
        this.#filledAt = now;
        for (const queue of [this.#urgent, this.#patient]) {
            for (const turn of queue) {
                if (this.#left < 1) break;
                this.#left -= 1;
                queue.delete(turn);
                turn();
            }
        }
        clearTimeout(this.#timer);
        if (this.#urgent.size + this.#patient.size === 0) return;
        this.#timer = setTimeout(() => this.#serve(), Math.ceil(((1 - this.#left) / this.#rate) * 1000));
    }
}

function withResolvers() {
    let resolve!: () => void;
    let reject!: (reason: unknown) => void;
    const promise = new Promise<void>((...both) => ([resolve, reject] = both));

    return { promise, resolve, reject };
}
