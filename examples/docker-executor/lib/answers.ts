import { engineError, isGone, notDocker, statusOf } from './errors';
import type Docker = require('dockerode');

/**
 * Resolves with the engine's answer, or with undefined if the object does not exist or nothing has to be done.
 *
 * @param whileGoing waits for somebody else who is doing the same (409)
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
        // Another kind of server answers 404, too. That says nothing about the build.
        if (statusCode === 404) throw notDocker();
        if (statusCode !== 409 || !whileGoing) throw engineError(error);
        await unlessGone(whileGoing());

        return undefined;
    }
}

/**
 * Resolves with what the engine knows about a container, or with undefined if there is none.
 *
 * @param container name or id
 */
export async function inspect(docker: Docker, container: string) {
    const info = await unlessGone(docker.getContainer(container).inspect());

    if (info && !info.Id) throw notDocker();

    return info;
}

/**
 * Creates a container. Resolves with its id.
 *
 * @param end ends the wait for the engine
 */
export async function create(docker: Docker, { name, ...body }: Docker.ContainerCreateOptions, end: AbortSignal) {
    // dockerode would put all options into the URL, and a log of URLs would show the token.
    const options = { _query: { name }, _body: body, abortSignal: end };

    return (await docker.createContainer(options)).id;
}
