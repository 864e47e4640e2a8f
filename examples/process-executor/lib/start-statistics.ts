import type { ExecutorStats } from 'screwdriver-executor-base';

/** Counts starts, in the shape that the API's `GET /v4/stats` accepts: any other key would cause a 500. */
export class StartStatistics {
    /** Builds that were ended by their timeout. */
    timeouts = 0;
    #success = 0;
    #failure = 0;
    #milliseconds = 0;

    /** Counts one start. It succeeds if the launcher runs; a stopped start does not count. */
    async count(start: () => Promise<boolean>): Promise<boolean> {
        const begin = performance.now();

        try {
            const isRunning = await start();

            if (isRunning) {
                this.#success += 1;
                this.#milliseconds += performance.now() - begin;
            }

            return isRunning;
        } catch (error) {
            this.#failure += 1;
            throw error;
        }
    }

    /** @param concurrent the builds that run now */
    toStats(concurrent: number): ExecutorStats {
        return {
            requests: {
                total: this.#success + this.#failure,
                timeouts: this.timeouts,
                success: this.#success,
                failure: this.#failure,
                concurrent,
                averageTime: this.#success === 0 ? 0 : Math.round(this.#milliseconds / this.#success)
            },
            // There is no breaker, since nothing is between the executor and its processes.
            breaker: { isClosed: true }
        };
    }
}
