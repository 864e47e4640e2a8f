import type { ExecutorStats } from '../executor';

type Requests = NonNullable<ExecutorStats['requests']>;

/** Counts calls in the shape that the API's `GET /v4/stats` accepts. */
export class RequestStats {
    timeouts = 0;
    #total = 0;
    #success = 0;
    #concurrent = 0;
    #failure = 0;
    #milliseconds = 0;

    async count<Result>(work: Promise<Result>): Promise<Result> {
        const begin = performance.now();

        this.#total += 1;
        this.#concurrent += 1;
        try {
            const result = await work;

            this.#success += 1;

            return result;
        } catch (error) {
            this.#failure += 1;
            throw error;
        } finally {
            this.#concurrent -= 1;
            this.#milliseconds += performance.now() - begin;
        }
    }

    toJSON(): Requests {
        const ended = this.#success + this.#failure;

        return {
            total: this.#total,
            timeouts: this.timeouts,
            success: this.#success,
            failure: this.#failure,
            concurrent: this.#concurrent,
            averageTime: ended === 0 ? 0 : this.#milliseconds / ended
        };
    }
}
