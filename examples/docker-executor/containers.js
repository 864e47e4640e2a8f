'use strict';

const { graceFrom, limitsFrom } = require('./limits');

/** @typedef {import('./index').Settings} Settings */
/** @typedef {import('dockerode').ContainerCreateOptions} ContainerCreateOptions */

const GIGABYTE = 1024 ** 3;
/** Microseconds in which a container gets its share of the cores. */
const CPU_PERIOD = 100_000;

/**
 * What everything of a build is called on the engine.
 *
 * @param {Settings} settings
 * @param {number | string} buildId
 */
function names({ prefix }, buildId) {
    const build = `${prefix}build-${Number(buildId)}`;

    return { build, tools: `${build}-tools`, volume: build };
}

/**
 * The container that gives its job tools: it is made, so that the engine fills the volume, and never run.
 *
 * @param {import('screwdriver-executor-base').StartConfig} config
 * @param {Settings} settings
 * @returns {ContainerCreateOptions}
 */
function jobToolsContainer({ buildId, jobId, pipelineId }, settings) {
    const Labels = labels({ buildId, jobId, pipelineId });

    return {
        name: names(settings, buildId).tools,
        Image: settings.jobToolsImage,
        Cmd: ['true'],
        Labels,
        HostConfig: { Mounts: [jobTools(buildId, settings, Labels)] }
    };
}

/**
 * The container of the build: its image, the job tools at the mount point, the launch script as its entry point.
 *
 * @param {import('screwdriver-executor-base').StartConfig} config
 * @param {import('screwdriver-executor-base').Launch} launch
 * @param {import('screwdriver-executor-base').ParsedAnnotations} annotations
 * @param {Settings} settings
 * @returns {ContainerCreateOptions}
 */
function buildContainer({ buildId, jobId, pipelineId, container }, launch, annotations, settings) {
    const { cores, gigabytes } = limitsFrom(annotations);
    const memory = Math.round(gigabytes * GIGABYTE);

    return {
        name: names(settings, buildId).build,
        Image: container,
        Entrypoint: [launch.command],
        Cmd: launch.args,
        Env: Object.entries({ ...launch.env, MOUNT_POINT: settings.mountPoint }).map(
            ([key, value]) => `${key}=${value}`
        ),
        Labels: labels({ buildId, jobId, pipelineId }),
        StopTimeout: graceFrom(annotations, settings.stopSeconds),
        HostConfig: {
            Mounts: [jobTools(buildId, settings)],
            // A quota, and not `NanoCpus`: that may not exceed the cores of the machine.
            CpuPeriod: CPU_PERIOD,
            CpuQuota: Math.round(cores * CPU_PERIOD),
            Memory: memory,
            // With swap beside it a build would not be held to its memory.
            MemorySwap: memory,
            ...(settings.network && { NetworkMode: settings.network })
        }
    };
}

/**
 * @param {number | string} buildId
 * @param {Settings} settings
 * @param {Record<string, string>} [Labels] for the mount that makes the volume
 * @returns {import('dockerode').MountSettings}
 */
function jobTools(buildId, settings, Labels) {
    return {
        Type: 'volume',
        Source: names(settings, buildId).volume,
        Target: settings.mountPoint,
        ...(Labels && { VolumeOptions: { NoCopy: false, Labels, DriverConfig: { Name: 'local', Options: {} } } })
    };
}

/**
 * `screwdriver.build=7` and so on: `docker ps --filter label=screwdriver.build` lists the builds of an engine.
 *
 * @param {{ buildId: unknown, jobId: unknown, pipelineId: unknown }} ids
 */
function labels({ buildId, jobId, pipelineId }) {
    return {
        'screwdriver.build': String(buildId),
        ...(jobId !== undefined && { 'screwdriver.job': String(jobId) }),
        ...(pipelineId !== undefined && { 'screwdriver.pipeline': String(pipelineId) })
    };
}

module.exports = { buildContainer, jobToolsContainer, names };
