'use strict';

const { randomUUID } = require('node:crypto');
const { images } = require('../images');
const { docker, output } = require('../docker/engine');

/**
 * A container made without an executor, for what that has no options for. Resolves with its exit code and what it has
 * printed.
 *
 * @param {{ command: string, args: string[], env: Record<string, string> }} launch what runs in it
 * @param {{ image?: string, jobToolsImage?: string, hostConfig?: object }} [container] what Docker is to do otherwise
 */
async function runContainer({ command, args, env }, container = {}) {
    const { image = images.build('ok'), jobToolsImage = images.official } = container;
    const tools = await docker.createContainer({ Image: jobToolsImage, Cmd: ['none'] });

    try {
        const build = await docker.createContainer({
            name: `launcher-${randomUUID()}`,
            Image: image,
            Entrypoint: [command],
            Cmd: args,
            Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
            HostConfig: { NetworkMode: 'host', VolumesFrom: [tools.id], ...container.hostConfig }
        });

        try {
            await build.start();
            const { StatusCode } = await build.wait();

            return { code: StatusCode, printed: await output(build.id) };
        } finally {
            await build.remove({ force: true });
        }
    } finally {
        await tools.remove({ v: true });
    }
}

module.exports = { runContainer };
