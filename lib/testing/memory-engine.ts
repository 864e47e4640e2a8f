import { setTimeout as sleep } from 'node:timers/promises';
import type { ParsedAnnotations } from '../executor';

/** A build as the engine keeps it. */
export interface MemoryBuild {
    id: string;
    /** What the job asks the engine for, by short names. */
    annotations: ParsedAnnotations;
    image: string;
    command: string;
    args: string[];
    env: Record<string, string>;
}

/**
 * An engine in memory, with faults to inject. Several executors may share one, as several API servers share a cluster.
 */
export class MemoryEngine {
    /** What runs, by build id. */
    readonly builds = new Map<string, MemoryBuild>();
    /** Images that cannot be pulled: their builds are taken, and never come up. */
    readonly missingImages = new Set<string>();
    /** Whether it refuses every call, as an engine that cannot be reached. */
    down = false;
    /** Milliseconds that every call takes. */
    latency = 0;

    /** Runs a build, unless it runs already: names decide between executors that share an engine. */
    async run(build: MemoryBuild, signal: AbortSignal): Promise<void> {
        await this.#answer(signal);
        if (!this.builds.has(build.id)) this.builds.set(build.id, build);
    }

    async find(id: string, signal: AbortSignal): Promise<MemoryBuild | undefined> {
        await this.#answer(signal);

        return this.builds.get(id);
    }

    async end(id: string, signal: AbortSignal): Promise<void> {
        await this.#answer(signal);
        this.builds.delete(id);
    }

    async #answer(signal: AbortSignal): Promise<void> {
        await sleep(this.latency, undefined, { signal });
        if (this.down) throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    }
}
