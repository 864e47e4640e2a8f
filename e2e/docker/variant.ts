import { randomUUID } from 'node:crypto';
import { docker } from './engine';

/**
 * Creates an image from another one with the changes of a command that its shell runs as root.
 *
 * @param name of the image, random by default
 * @param environment of what runs in it
 */
export async function variantOf(
    image: string,
    command: string,
    { name = `screwdriver-e2e/${randomUUID()}:1`, environment = {} }: { name?: string; environment?: object } = {}
) {
    const container = await docker.createContainer({
        Image: image,
        Entrypoint: ['sh', '-c', command],
        Cmd: [],
        HostConfig: { NetworkMode: 'host' }
    });
    const [repo, tag] = name.split(':');
    const changes = Object.entries(environment).map(([key, value]) => `ENV ${key}=${JSON.stringify(value)}`);

    try {
        await container.start();
        await container.wait();
        await container.commit({ repo, tag, ...(changes.length > 0 && { changes: changes.join('\n') }) });
    } finally {
        await container.remove({ v: true });
    }

    return name;
}
