import { buildIdFrom } from 'screwdriver-executor-base';

/** The maximum that is kept, since some builds may never be stopped. */
const MOST = 1000;

/** Why builds did not start, until they are stopped. */
export class Reasons {
    #byBuild: Map<string, string> = new Map();

    get(buildId: number | string) {
        return this.#byBuild.get(buildIdFrom({ buildId }));
    }

    /** @param reason in words for the build's owner */
    add(buildId: number | string, reason: string = 'The build could not be started.') {
        this.#byBuild.set(buildIdFrom({ buildId }), reason);
        const [oldest] = this.#byBuild.keys();

        if (this.#byBuild.size > MOST && oldest !== undefined) this.#byBuild.delete(oldest);
    }

    delete(buildId: number | string) {
        this.#byBuild.delete(buildIdFrom({ buildId }));
    }
}
