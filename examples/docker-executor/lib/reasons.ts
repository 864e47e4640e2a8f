import { buildIdFrom } from 'screwdriver-executor-base';
import { startOf } from './containers';
import type { Found } from './explain';

/** The most reasons that are kept, for builds which nobody stops. */
const MOST_REASONS = 1000;

/** Why builds did not start or were ended, where the engine does not know it. */
export class Reasons {
    #known: Map<string, { start: string | undefined; text: string }> = new Map();

    /** @param start whose reason it is */
    remember(buildId: number | string, start: string | undefined, text: string = 'The build could not be started.') {
        this.#known.set(buildIdFrom({ buildId }), { start, text });
        const [oldest] = this.#known.keys();

        if (this.#known.size > MOST_REASONS && oldest !== undefined) this.#known.delete(oldest);
    }

    forget(buildId: number | string) {
        this.#known.delete(buildIdFrom({ buildId }));
    }

    /**
     * The reason, unless the engine knows better: a build that runs is well, and what another start has made, perhaps in
     * another process, has nothing to do with this one.
     */
    of(buildId: number | string, found: Found | undefined) {
        const known = this.#known.get(buildIdFrom({ buildId }));
        const isOutdated = found && (found.info.State.Running || startOf(found.info) !== known?.start);

        return isOutdated ? undefined : known?.text;
    }
}
