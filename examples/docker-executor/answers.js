'use strict';

const { engineError, isGone, notDocker } = require('./errors');

/**
 * What the engine answers; undefined where it does not have what it was asked for, or need not do it.
 *
 * @template Result
 * @param {Promise<Result>} answer
 * @param {() => Promise<unknown>} [whileGoing] waits for somebody else who is at it (409)
 * @returns {Promise<Result | undefined>}
 */
async function unlessGone(answer, whileGoing) {
    try {
        return await answer;
    } catch (error) {
        const { statusCode } = /** @type {any} */ (error);

        if (statusCode === 304 || isGone(error)) return undefined;
        // Another server does not find the build either: that is no word on it.
        if (statusCode === 404) throw notDocker();
        if (statusCode !== 409 || !whileGoing) throw engineError(error);
        await unlessGone(whileGoing());

        return undefined;
    }
}

/**
 * What the engine knows of a container; undefined where it has none.
 *
 * @param {import('dockerode')} docker
 * @param {string} container name or id
 */
async function inspect(docker, container) {
    const info = await unlessGone(docker.getContainer(container).inspect());

    if (info && !info.Id) throw notDocker();

    return info;
}

module.exports = { inspect, unlessGone };
