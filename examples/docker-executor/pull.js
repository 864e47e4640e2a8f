'use strict';

const { imageError } = require('./errors');

/** @typedef {import('dockerode')} Docker */

/**
 * Resolves once the engine has the image.
 *
 * @param {import('./clients').Clients} clients
 * @param {string} name
 * @param {{ when: 'missing' | 'always', log: (line: string) => void, signal: AbortSignal }} options
 */
async function pull({ docker, patient }, name, { when, log, signal }) {
    const image = tagged(name);

    signal.throwIfAborted();
    if (when === 'missing' && (await isThere(docker, image))) return;
    try {
        const progress = await patient.pull(image, { abortSignal: signal });

        log(`${image}: pulling`);
        await follow(image, progress, line => log(`${image}: ${line}`));
        log(`${image}: pulled`);
    } catch (error) {
        signal.throwIfAborted();
        throw imageError(image, error);
    }
}

/**
 * Without a tag the engine would pull every tag that the registry has.
 *
 * @param {string} image
 */
function tagged(image) {
    return /[:@][^/]*$/.test(image) ? image : `${image}:latest`;
}

/**
 * @param {Docker} docker
 * @param {string} image
 */
async function isThere(docker, image) {
    try {
        await docker.getImage(image).inspect();

        return true;
    } catch (error) {
        // A name that no image can have is refused (400): the pull says the same in the words for images.
        if ([400, 404].includes(/** @type {any} */ (error).statusCode)) return false;
        throw error;
    }
}

/**
 * Logs each layer's step once: the engine repeats it for each piece that arrives. Rejects for a pull that fails after it
 * has begun: the engine says so in a line of the answer, or cuts it off.
 *
 * @param {string} image
 * @param {NodeJS.ReadableStream} progress
 * @param {(line: string) => void} log
 */
async function follow(image, progress, log) {
    const steps = new Map();

    for await (const line of linesOf(progress)) {
        const { id = '', status = '', error } = JSON.parse(line);

        if (error) throw imageError(image, error);
        if (steps.get(id) === status) continue;
        steps.set(id, status);
        log(`${id} ${status}`.trim());
    }
}

/**
 * Unlike `node:readline`, rejects where the stream is cut off.
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

module.exports = { pull };
