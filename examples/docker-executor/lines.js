'use strict';

/**
 * The lines of a stream. Unlike `node:readline`, rejects where the stream is cut off.
 *
 * @param {NodeJS.ReadableStream} stream
 */
async function* linesOf(stream) {
    let rest = '';

    for await (const piece of stream.setEncoding('utf8')) {
        const lines = (rest + piece).split('\n');

        rest = /** @type {string} */ (lines.pop());
        yield* lines.filter(line => line.trim());
    }
    if (rest.trim()) yield rest;
}

module.exports = { linesOf };
