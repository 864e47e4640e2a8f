'use strict';

const Docker = require('../../examples/docker-executor/node_modules/dockerode');
const { finished } = require('node:stream/promises');
const { PassThrough } = require('node:stream');
const { text } = require('node:stream/consumers');

const docker = new Docker();

/** What stands on the engine: the names of its containers and volumes, its images by id and by name. */
async function listing() {
    const containers = await docker.listContainers({ all: true });
    const { Volumes } = await docker.listVolumes();
    const images = await docker.listImages({ all: true });

    return {
        containers: containers.flatMap(({ Names }) => Names).sort(),
        volumes: (Volumes ?? []).map(({ Name }) => Name).sort(),
        images: images.flatMap(({ Id, RepoTags }) => [Id, ...(RepoTags ?? [])]).sort()
    };
}

/** The names of what stands on the engine for builds. */
async function buildsOnEngine() {
    const { containers, volumes } = await listing();

    return [...containers, ...volumes].filter(name => /^\/?sd-build-/.test(name));
}

/** Everything that a container has printed. */
async function output(name) {
    const stream = await docker.getContainer(name).logs({ stdout: true, stderr: true, follow: true });
    const lines = new PassThrough();
    const all = text(lines);

    docker.modem.demuxStream(stream, lines, lines);
    await finished(stream, { writable: false });
    lines.end();

    return all;
}

/** What the engine knows of a build's container. */
function inspect(buildId) {
    return docker.getContainer(`sd-build-${buildId}`).inspect();
}

module.exports = { buildsOnEngine, docker, inspect, listing, output };
