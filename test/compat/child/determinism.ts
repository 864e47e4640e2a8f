// Random values of an executor (the end of a pod's name, the router's choice) are the same in both processes, and the
// waits between retries that are fixed in the executors' code (1 to 5 s) are short. Timeouts of 10 s and more are
// unchanged.

import crypto = require('node:crypto');

let seed = 1;

function random(): number {
    seed = (seed * 48271) % 2147483647;

    return seed / 2147483647;
}

const { randomBytes } = crypto;

Math.random = random;
Object.assign(crypto, {
    randomBytes(size: number, callback?: Parameters<typeof randomBytes>[1]) {
        if (callback) return randomBytes(size, callback);

        return Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256)));
    }
});

const { setTimeout: wait } = globalThis;

globalThis.setTimeout = Object.assign(
    (work: (...args: unknown[]) => void, ms: number, ...args: unknown[]) =>
        wait(work, ms >= 500 && ms < 10000 ? 5 : ms, ...args),
    wait
);

/** Makes each scenario start with the same numbers. */
export function reseed(): void {
    seed = 1;
}
