'use strict';

/** Does the work for each item, so many at a time. Resolves with the outcomes in order, as Promise.allSettled does. */
async function concurrently(limit, items, work) {
    const outcomes = new Array(items.length);
    let next = 0;

    const worker = async () => {
        while (next < items.length) {
            const at = next;

            next += 1;
            [outcomes[at]] = await Promise.allSettled([work(items[at])]);
        }
    };

    await Promise.all(Array.from({ length: limit }, worker));

    return outcomes;
}

module.exports = { concurrently };
