import Docker = require('dockerode');
import { finished } from 'node:stream/promises';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { until } from '../support/until';
import type { Context } from 'mocha';
import type { BuildId } from 'screwdriver-executor-base';

export const docker = new Docker();

/** The names of what holds job tools, which stays for the builds that come. */
const JOB_TOOLS = /-tools-[\da-f]{12}/;

/** What stands on the engine, but for job tools: the names of its containers and volumes, its images by id and by name. */
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

/** The names of what stands on the engine for builds. */
export async function buildsOnEngine() {
    const { containers, volumes } = await names();

    return [...containers, ...volumes].filter(name => /^\/?sd-build-/.test(name));
}

/**
 * Resolves once nothing stands on the engine for builds: what stops have ended goes after their answers.
 *
 * @param hook of a check, after it: what it leaves is taken away where it has failed, so that those that come do not fail, too
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
    // A volume goes after the containers that use it.
    for (const name of await buildsOnEngine()) {
        const removal = name.startsWith('/')
            ? docker.getContainer(name.slice(1)).remove({ force: true })
            : docker.getVolume(name).remove();

        // Somebody else may be at it. The next look tells.
        await removal.catch(() => {});
    }
}

/** The names of what holds job tools on the engine: containers, which begin with a slash, then volumes. */
export async function jobToolsOnEngine() {
    const { containers, volumes } = await names();

    return [...containers, ...volumes].filter(name => JOB_TOOLS.test(name));
}

/** Takes the job tools away. */
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

/** What the engine knows of a build's container. */
export function inspect(buildId: BuildId) {
    return docker.getContainer(`sd-build-${buildId}`).inspect();
}

/** Seconds between TERM and KILL that a build's container was made with. */
export async function stopTimeout(buildId: BuildId) {
    const { Config } = await inspect(buildId);

    // dockerode's types lack it.
    return (Config as { StopTimeout?: number }).StopTimeout;
}
