'use strict';

const { randomUUID } = require('node:crypto');
const { launch } = require('screwdriver-executor-base');
const { images } = require('../images');
const { docker, output } = require('../docker/engine');

/**
 * A container as `launch` has it, made without an executor, for what that has no options for. Resolves with its exit code and what
 * it has printed.
 *
 * @param config of a build, with its own token
 * @param {{ image?: string, jobToolsImage?: string, options?: object, hostConfig?: object }} container options of
 *   `launch`, and what Docker is to do otherwise
 */
async function runContainer(config, { image = images.build('ok'), jobToolsImage = images.official, ...container }) {
    const { command, args, env } = launch(config, '/opt/sd', container.options);
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
