import { buildIdFrom } from 'screwdriver-executor-base';
import { startOf } from './containers';
import type { Found } from './explain';

/** The maximum number of reasons, for builds that nobody stops. */
const MOST_REASONS = 1000;

/** Why builds did not start or were ended, if the engine does not know it. */
export class Reasons {
    #known: Map<string, { start: string | undefined; text: string }> = new Map();

    /** @param start that the reason belongs to */
    remember(buildId: number | string, start: string | undefined, text: string = 'The build could not be started.') {
        this.#known.set(buildIdFrom({ buildId }), { start, text });
        const [oldest] = this.#known.keys();

        if (this.#known.size > MOST_REASONS && oldest !== undefined) this.#known.delete(oldest);
    }

    forget(buildId: number | string) {
        this.#known.delete(buildIdFrom({ buildId }));
    }

    /**
     * The reason, unless it is outdated: the build runs, or its container comes from another start, perhaps in another
     * process.
     */
    of(buildId: number | string, found: Found | undefined) {
        const known = this.#known.get(buildIdFrom({ buildId }));
        const isOutdated = found && (found.info.State.Running || startOf(found.info) !== known?.start);

        return isOutdated ? undefined : known?.text;
    }
}
