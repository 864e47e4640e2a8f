/** The number of things by name. */
type Counts = Map<string, number>;

/** What keeps the process alive, and what listens to it, at one moment. */
export class OpenThings {
    readonly #resources = count(process.getActiveResourcesInfo());
    readonly #listeners = count(
        process.eventNames().flatMap(name => Array<string>(process.listenerCount(name)).fill(String(name)))
    );

    /** The kinds of resources that keep the process alive and were not there before. */
    resourcesSince(before: OpenThings): string[] {
        return more(this.#resources, before.#resources);
    }

    /** The events of `process` that have more listeners than before. */
    listenersSince(before: OpenThings): string[] {
        return more(this.#listeners, before.#listeners);
    }
}

function count(names: string[]): Counts {
    const counts: Counts = new Map();

    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);

    return counts;
}

function more(after: Counts, before: Counts): string[] {
    return [...after].filter(([name, number]) => number > (before.get(name) ?? 0)).map(([name]) => name);
}
