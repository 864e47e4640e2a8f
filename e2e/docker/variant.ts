import { randomUUID } from 'node:crypto';
import { docker } from './engine';

/**
 * An image made from another one: what a command of its shell, run as root, has changed there.
 *
 * @param name its name, a random one unless it is given
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
