import { createHash } from 'node:crypto';
import fc = require('fast-check');
import { describe } from './child/describe';
import { expected, rearranged } from './differences';
import { HOOKS, annotations, cases } from './fuzz-values';
import type { Load } from './child/load';
import type { Event } from './child/recording';

interface Job {
    methods: string[];
    count: number;
    /** Whether the base is 11.1.0. */
    upstream: boolean;
    /** The only chunk to return. */
    chunk?: number;
}

/** Cases are made and compared in chunks of this size, each from its own seed. */
const CHUNK = 250;

/**
 * Runs seeded cases of each method over one base. Outcomes of 11.1.0 are rewritten to those expected of this package.
 * Returns the digests of a method's chunks, or the outcomes of the chunk that `job.chunk` names.
 */
export = async (load: Load, { methods, count, upstream, chunk }: Job) => {
    const Base = load.base();

    if (chunk !== undefined) return runChunk(Base, methods[0]!, chunk, upstream);
    const digests: Record<string, string[]> = {};

    for (const method of methods) {
        const chunks = (digests[method] = [] as string[]);

        for (let index = 0; index < count / CHUNK; index += 1) {
            const outcomes = await runChunk(Base, method, index, upstream);

            chunks.push(createHash('sha256').update(JSON.stringify(outcomes)).digest('hex'));
        }
    }

    return digests;
};

async function runChunk(Base: any, method: string, index: number, upstream: boolean): Promise<unknown[]> {
    const parses = method === 'parseAnnotations';
    const outcomes: unknown[] = [];

    for (const given of fc.sample(parses ? annotations : cases, { numRuns: CHUNK, seed: index + 1 })) {
        outcomes.push(parses ? parseCase(Base, given, upstream) : await callCase(Base, method, given, upstream));
    }

    return outcomes;
}

async function callCase(Base: any, method: string, { config, hook, result }: any, upstream: boolean): Promise<Event[]> {
    const executor = new Base();
    const events: Event[] = [];

    executor[`_${method}`] = (...args: unknown[]) => {
        events.push({
            hook: `_${method}`,
            sameConfig: args[0] === config,
            more: args.slice(1).map(value => describe(value))
        });

        return HOOKS[hook]!(result);
    };
    let returned = 'threw';
    let outcome;

    try {
        const promise = method === 'cleanUp' ? executor.cleanUp() : executor[method](config);

        returned = promise instanceof Promise ? 'a promise' : 'a value';
        outcome = { value: describe(await promise) };
    } catch (error) {
        outcome = { error: describe(error) };
    }
    events.push({ called: method, returned, ...outcome });

    return upstream ? expected(events) : events;
}

function parseCase(Base: any, given: any, upstream: boolean): unknown[] {
    const isObject = typeof given === 'object' && !Array.isArray(given);
    const parsed = new Base().parseAnnotations(upstream && isObject ? rearranged(given) : given);

    return Object.entries(describe(parsed));
}
