'use strict';

const { imageError } = require('./errors');

/**
 * Resolves once the engine has the image.
 *
 * @param {import('dockerode')} docker
 * @param {string} name
 * @param {{ when: 'missing' | 'always', log: (line: string) => void, signal: AbortSignal }} options
 */
async function pull(docker, name, { when, log, signal }) {
    const image = tagged(name);

    signal.throwIfAborted();
    if (when === 'missing' && (await isThere(docker, image))) return;
    try {
        const progress = await docker.pull(image, { abortSignal: signal });

        log(`${image}: pulling`);
        await follow(docker, progress, line => log(`${image}: ${line}`));
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
 * @param {import('dockerode')} docker
 * @param {string} image
 */
async function isThere(docker, image) {
    try {
        await docker.getImage(image).inspect();

        return true;
    } catch (error) {
        if (/** @type {any} */ (error).statusCode === 404) return false;
        throw error;
    }
}

/**
 * Logs each layer's step once: the engine repeats it for each piece that arrives.
 *
 * @param {import('dockerode')} docker
 * @param {NodeJS.ReadableStream} progress
 * @param {(line: string) => void} log
 * @returns {Promise<void>}
 */
function follow(docker, progress, log) {
    const steps = new Map();

    return new Promise((resolve, reject) => {
        docker.modem.followProgress(
            progress,
            error => (error ? reject(error) : resolve()),
            ({ id = '', status = '' }) => {
                if (steps.get(id) === status) return;
                steps.set(id, status);
                log(`${id} ${status}`.trim());
            }
        );
    });
}

module.exports = { pull };
