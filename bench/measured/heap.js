'use strict';

/** Bytes of the heap and of external buffers, after garbage collection. */
function used() {
    globalThis.gc();
    globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();

    return heapUsed + external;
}

module.exports = { used };
