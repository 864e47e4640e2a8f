import {
    buildIdFrom,
    gracePeriodFrom,
    limitsFrom,
    type Annotations,
    type StartConfig,
    type Launch
} from 'screwdriver-executor-base';
import { cachesOf } from './cache';
import { CA_FILE, environmentOf } from './environment';
import type Docker = require('dockerode');
import type { Tools } from './job-tools';
import type { Settings } from './settings';

export type ContainerCreateOptions = Docker.ContainerCreateOptions;

const GIGABYTE = 1024 ** 3;
/** The label with the address of the API. */
const API = 'screwdriver.api';
/** The label that distinguishes the starts of a build. */
export const START = 'screwdriver.start';
/** The minimum of a build, in cores and GB: engines refuse less, or round it to 0, which means no limit. */
const LEAST = 0.01;
/** Cores, by the words of the annotation. */
const CPU = { words: { MICRO: 0.5, LOW: 2, HIGH: 6, TURBO: 12 }, default: 2, min: LEAST, max: 12 };
/** GB, by the words of the annotation. */
const RAM = { words: { MICRO: 1, LOW: 2, HIGH: 12, TURBO: 16 }, default: 2, min: LEAST, max: 16 };
/** The maximum seconds to end that a job may request. */
const MOST_GRACE = 3600;
/** The period in microseconds for a container's share of the cores. */
const CPU_PERIOD = 100_000;

/** The names of everything of a build on the engine. */
export function names({ prefix }: Settings, buildId: number | string) {
    const build = `${prefix}build-${buildIdFrom({ buildId })}`;

    return { build, starting: `${build}-starting`, ending: `${build}-ending` };
}

/** Seconds that a build has to end after TERM. */
export function graceFrom(annotations: Annotations | undefined, { stopSeconds }: Settings) {
    return gracePeriodFrom(annotations, { default: stopSeconds, max: Math.max(stopSeconds, MOST_GRACE) });
}

/**
 * The container of the build: its image, the job tools at the mount point, the launch script as its entry point.
 *
 * @param tools never those of the image: nothing is copied to where they are mounted
 * @param node the name of the engine's host
 */
export function buildContainer(
    config: StartConfig,
    start: string,
    launch: Launch,
    tools: Tools,
    node: string,
    settings: Settings
): ContainerCreateOptions {
    const Labels = labels(config, start);
    const { annotations } = config;
    const { cpu, ram } = limitsFrom(annotations, { cpu: CPU, ram: RAM });
    const memory = Math.round(ram * GIGABYTE);
    const grace = graceFrom(annotations, settings);
    const environment = environmentOf(config, settings, { cores: cpu, memory, grace, node });
    const { caFile, pidsLimit, noNewPrivileges, dropCapabilities, network } = settings;

    return {
        name: names(settings, config.buildId).build,
        Image: config.container,
        Entrypoint: [launch.command],
        Cmd: launch.args,
        Env: Object.entries({ ...environment, ...launch.env }).map(([key, value]) => `${key}=${value}`),
        Labels,
        StopSignal: 'SIGTERM',
        StopTimeout: grace,
        HostConfig: {
            // The engine creates missing folders for these, but not for `Mounts`.
            Binds: cachesOf(config, settings).binds,
            Mounts: [
                ...tools.mounts,
                ...(caFile ? [{ Type: 'bind' as const, Source: caFile, Target: CA_FILE, ReadOnly: true }] : [])
            ],
            // A quota instead of `NanoCpus`, which may not exceed the cores of the machine.
            CpuPeriod: CPU_PERIOD,
            CpuQuota: Math.round(cpu * CPU_PERIOD),
            Memory: memory,
            // With additional swap a build would not be limited to its memory.
            MemorySwap: memory,
            ...(pidsLimit > 0 && { PidsLimit: pidsLimit }),
            ...(noNewPrivileges && { SecurityOpt: ['no-new-privileges'] }),
            CapDrop: dropCapabilities,
            ...(network && { NetworkMode: network })
        }
    };
}

/**
 * `screwdriver.build=7` and so on: `docker ps --filter label=screwdriver.build` lists the builds of an engine.
 *
 * @param start unique among the starts of the build
 */
function labels({ apiUri, buildId, jobId, pipelineId }: StartConfig, start: string) {
    return {
        [START]: start,
        [API]: apiUri,
        'screwdriver.build': buildIdFrom({ buildId }),
        ...(jobId !== undefined && { 'screwdriver.job': String(jobId) }),
        ...(pipelineId !== undefined && { 'screwdriver.pipeline': String(pipelineId) })
    };
}

/** The start that has created a container. */
export function startOf({ Config }: Docker.ContainerInspectInfo) {
    return startIn(Config);
}

/** The start that the labels name. */
export function startIn({ Labels }: { Labels?: Record<string, string> | null }) {
    return Labels?.[START];
}

/** The address of the API that a build was started for. */
export function apiOf({ Config }: Docker.ContainerInspectInfo) {
    return Config.Labels?.[API];
}

/** The value of a variable in a container's environment. */
export function variableOf({ Config }: Docker.ContainerInspectInfo, name: string) {
    return Config.Env?.find(line => line.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Whether a container's name is that of its build with the prefix of this executor. */
export function namesItsBuild(settings: Settings, { Names, Labels }: Docker.ContainerInfo) {
    const id = Number(Labels['screwdriver.build']);

    return id > 0 && Names.includes(`/${names(settings, id).build}`);
}

/** The volume that marks a build as being started. The first start creates it, and stops remove it. */
export function claimOf(settings: Settings, config: StartConfig, start: string) {
    return { Name: names(settings, config.buildId).starting, Labels: labels(config, start) };
}

/** The filter for the containers and volumes of a start. */
export function madeBy(start: string) {
    return { filters: { label: [`${START}=${start}`] } };
}
