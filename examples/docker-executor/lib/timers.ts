import { buildIdFrom } from 'screwdriver-executor-base';

/** The longest delay of a Node timer in milliseconds. It fires at once for more. */
const LONGEST = 2 ** 31 - 1;

/** One timer per build. They do not keep the process alive. */
export class Timers {
    #running: Map<string, NodeJS.Timeout> = new Map();

    /** Replaces the timer that the build had. */
    start(buildId: number | string, milliseconds: number, work: () => void) {
        const id = buildIdFrom({ buildId });
        const end = Date.now() + milliseconds;
        const wait = () => {
            const left = end - Date.now();

            this.#running.set(id, setTimeout(left > LONGEST ? wait : work, Math.min(left, LONGEST)).unref());
        };

        this.stop(buildId);
        wait();
    }

    has(buildId: number | string) {
        return this.#running.has(buildIdFrom({ buildId }));
    }

    stop(buildId: number | string) {
        const id = buildIdFrom({ buildId });

        clearTimeout(this.#running.get(id));
        this.#running.delete(id);
    }

    stopAll() {
        for (const buildId of this.#running.keys()) this.stop(buildId);
    }
}
