'use strict';

const { createHash } = require('node:crypto');
const fc = require('fast-check');
const { describe } = require('./child/describe');
const { expected, rearranged } = require('./differences');
const { HOOKS, annotations, cases } = require('./fuzz-values');

/** Cases are made and compared in chunks of this many, each from a seed of its own. */
const CHUNK = 250;

/**
 * Runs seeded cases of each method over one base. What 11.1.0 shows is rewritten to what is expected of this package.
 * Gives the digests of a method's chunks, or the outcomes themselves of the chunk that `job.chunk` names.
 */
module.exports = async (load, { methods, count, upstream, chunk }) => {
    const Base = load.base();

    if (chunk !== undefined) return runChunk(Base, methods[0], chunk, upstream);
    const digests = {};

    for (const method of methods) {
        digests[method] = [];
        for (let index = 0; index < count / CHUNK; index += 1) {
            const outcomes = await runChunk(Base, method, index, upstream);

            digests[method].push(createHash('sha256').update(JSON.stringify(outcomes)).digest('hex'));
        }
    }

    return digests;
};

async function runChunk(Base, method, index, upstream) {
    const parses = method === 'parseAnnotations';
    const outcomes = [];

    for (const given of fc.sample(parses ? annotations : cases, { numRuns: CHUNK, seed: index + 1 })) {
        outcomes.push(parses ? parseCase(Base, given, upstream) : await callCase(Base, method, given, upstream));
    }

    return outcomes;
}

async function callCase(Base, method, { config, hook, result }, upstream) {
    const executor = new Base();
    const events = [];

    executor[`_${method}`] = (...args) => {
        events.push({
            hook: `_${method}`,
            sameConfig: args[0] === config,
            more: args.slice(1).map(value => describe(value))
        });

        return HOOKS[hook](result);
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

function parseCase(Base, given, upstream) {
    const isObject = typeof given === 'object' && !Array.isArray(given);
    const parsed = new Base().parseAnnotations(upstream && isObject ? rearranged(given) : given);

    return Object.entries(describe(parsed));
}
