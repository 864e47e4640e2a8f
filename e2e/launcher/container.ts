import { randomUUID } from 'node:crypto';
import { images } from '../images';
import { docker, output } from '../docker/engine';

/** What Docker's own clients can set for a container. */
type HostConfig = NonNullable<Parameters<typeof docker.createContainer>[0]['HostConfig']>;

/** What differs from the default container. */
export interface ContainerOptions {
    image?: string;
    jobToolsImage?: string;
    hostConfig?: HostConfig;
}

/**
 * Runs a container without an executor, for settings that the executor has no options for. Resolves with the container's
 * exit code and output.
 *
 * @param launch what runs in it
 */
export async function runContainer(
    { command, args, env }: { command: string; args: string[]; env: Record<string, string> },
    { image = images.build('ok'), jobToolsImage = images.official, hostConfig = {} }: ContainerOptions = {}
) {
    const tools = await docker.createContainer({ Image: jobToolsImage, Cmd: ['none'] });

    try {
        const build = await docker.createContainer({
            name: `launcher-${randomUUID()}`,
            Image: image,
            Entrypoint: [command],
            Cmd: args,
            Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
            HostConfig: { NetworkMode: 'host', VolumesFrom: [tools.id], ...hostConfig }
        });

        try {
            await build.start();
            const { StatusCode } = await build.wait();

            return { code: StatusCode as number, printed: await output(build.id) };
        } finally {
            await build.remove({ force: true });
        }
    } finally {
        await tools.remove({ v: true });
    }
}
