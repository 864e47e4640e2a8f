import { setTimeout as sleep } from 'node:timers/promises';
import type { ParsedAnnotations } from '../executor';

/** A build on the engine. */
export interface MemoryBuild {
    id: string;
    /** What the job asks of the engine, by short names. */
    annotations: ParsedAnnotations;
    image: string;
    command: string;
    args: string[];
    env: Record<string, string>;
}

/**
 * An engine in memory that can inject faults. Several executors may share it, as several API servers share a cluster.
 */
export class MemoryEngine {
    /** The builds that run, by id. */
    readonly builds = new Map<string, MemoryBuild>();
    /** Images that cannot be pulled: the engine accepts their builds, but they never come up. */
    readonly missingImages = new Set<string>();
    /** Whether every call fails, as if the engine could not be reached. */
    down = false;
    /** Milliseconds that every call takes. */
    latency = 0;

    /** Runs a build unless it already runs. The build's name decides between executors that share an engine. */
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
