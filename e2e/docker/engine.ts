import Docker = require('dockerode');
import { finished } from 'node:stream/promises';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { until } from '../support/until';
import type { Context } from 'mocha';
import type { BuildId } from 'screwdriver-executor-base';

export const docker = new Docker();

/** The names of containers and volumes with job tools, which stay for later builds. */
const JOB_TOOLS = /-tools-[\da-f]{12}/;

/** Everything on the engine except job tools: containers and volumes by name, images by id and by name. */
export async function listing() {
    const { containers, volumes } = await names();
    const images = await docker.listImages({ all: true });

    return {
        containers: containers.filter(name => !JOB_TOOLS.test(name)),
        volumes: volumes.filter(name => !JOB_TOOLS.test(name)),
        images: images.flatMap(({ Id, RepoTags }) => [Id, ...(RepoTags ?? [])]).sort()
    };
}

async function names() {
    const containers = await docker.listContainers({ all: true });
    const { Volumes } = await docker.listVolumes();

    return {
        containers: containers.flatMap(({ Names }) => Names).sort(),
        volumes: (Volumes ?? []).map(({ Name }) => Name).sort()
    };
}

/** The names of the containers and volumes of builds on the engine. */
export async function buildsOnEngine() {
    const { containers, volumes } = await names();

    return [...containers, ...volumes].filter(name => /^\/?sd-build-/.test(name));
}

/**
 * Resolves once nothing of builds is left on the engine: stops remove it after their answers.
 *
 * @param hook after a check: if the check has failed, its leftovers are removed, so that later checks do not fail, too
 */
export async function emptyEngine(hook?: Context) {
    await until(
        'an engine without builds',
        async () => {
            if (hook?.currentTest?.state === 'failed') await removeBuilds();

            return (await buildsOnEngine()).length === 0;
        },
        120
    );
}

async function removeBuilds() {
    // Volumes are removed after the containers that use them.
    for (const name of await buildsOnEngine()) {
        const removal = name.startsWith('/')
            ? docker.getContainer(name.slice(1)).remove({ force: true })
            : docker.getVolume(name).remove();

        // Somebody else may be removing it. The next look will show.
        await removal.catch(() => {});
    }
}

/** The names of what holds job tools on the engine: containers, whose names begin with a slash, then volumes. */
export async function jobToolsOnEngine() {
    const { containers, volumes } = await names();

    return [...containers, ...volumes].filter(name => JOB_TOOLS.test(name));
}

/** Removes the job tools. */
export async function removeJobTools() {
    for (const name of await jobToolsOnEngine()) {
        if (name.startsWith('/')) await docker.getContainer(name.slice(1)).remove({ v: true });
        else await docker.getVolume(name).remove();
    }
}

/** Everything that a container has printed. */
export async function output(name: string) {
    const stream = await docker.getContainer(name).logs({ stdout: true, stderr: true, follow: true });
    const lines = new PassThrough();
    const all = text(lines);

    docker.modem.demuxStream(stream, lines, lines);
    await finished(stream, { writable: false });
    lines.end();

    return all;
}

/** What the engine knows about a build's container. */
export function inspect(buildId: BuildId) {
    return docker.getContainer(`sd-build-${buildId}`).inspect();
}

/** Seconds between TERM and KILL that a build's container was created with. */
export async function stopTimeout(buildId: BuildId) {
    const { Config } = await inspect(buildId);

    // dockerode's types lack it.
    return (Config as { StopTimeout?: number }).StopTimeout;
}
