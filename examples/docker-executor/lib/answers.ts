import { engineError, isGone, notDocker, statusOf } from './errors';
import type Docker = require('dockerode');

/**
 * What the engine answers; undefined where it does not have what it was asked for, or need not do it.
 *
 * @param whileGoing waits for somebody else who is at it (409)
 */
export async function unlessGone<Result>(
    answer: Promise<Result>,
    whileGoing?: () => Promise<unknown>
): Promise<Result | undefined> {
    try {
        return await answer;
    } catch (error) {
        const statusCode = statusOf(error);

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
 * @param container name or id
 */
export async function inspect(docker: Docker, container: string) {
    const info = await unlessGone(docker.getContainer(container).inspect());

    if (info && !info.Id) throw notDocker();

    return info;
}

/**
 * The id of a container that the engine has made.
 *
 * @param end of the wait for it
 */
export async function create(docker: Docker, { name, ...body }: Docker.ContainerCreateOptions, end: AbortSignal) {
    // dockerode would put all of the options into the address, where whoever logs that shows the token.
    const options = { _query: { name }, _body: body, abortSignal: end };

    return (await docker.createContainer(options)).id;
}
