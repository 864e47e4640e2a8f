'use strict';

const { once } = require('node:events');

/** The next message of a child; rejects where it ends instead. */
async function next(child) {
    const ended = new AbortController();
    const { signal } = ended;

    try {
        const [message] = await Promise.race([
            once(child, 'message', { signal }),
            once(child, 'exit', { signal }).then(([code]) => {
                throw new Error(`${child.spawnargs.slice(1).join(' ')} ended with ${code}`);
            })
        ]);

        return message;
    } finally {
        ended.abort();
    }
}

/** Every name in turn, forwards and backwards, round by round, first without being counted: results by name. */
async function inTurns(names, rounds, work) {
    const results = new Map(names.map(name => [name, []]));

    for (let round = 0; round <= rounds; round += 1) {
        for (const name of round % 2 ? names : [...names].reverse()) {
            const result = await work(name);

            if (round > 0) results.get(name).push(result);
        }
    }

    return results;
}

module.exports = { inTurns, next };
