import Executor = require('screwdriver-executor-base');
import { FARGATE_GRACE, type Settings } from './settings';
import { diskOf, requireSupported, sizeOf } from './sizes';
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';

/** The containers of a task. */
export const BUILD = 'build';
export const JOB_TOOLS = 'job-tools';
export const DEADLINE = 'deadline';

/** Where the job tools are, in their image and in the container of a build. */
const MOUNT_POINT = '/opt/sd';
/** Where they are copied to. */
const VOLUME = '/job-tools';
/** The variable with the token of the build. */
const TOKEN = 'SD_TOKEN';
/** Seconds: the minimum of Fargate. The containers next to the build should not delay its end. */
const LEAST_GRACE = 2;

/** The family of a build's task definitions. */
export function familyOf({ prefix }: Settings, buildId: Executor.BuildId) {
    return `${prefix}${Executor.buildIdFrom({ buildId })}`;
}

/** The parameter that holds a build's token until its container runs. */
export function parameterOf({ prefix }: Settings, buildId: Executor.BuildId) {
    return `/${prefix}builds/${Executor.buildIdFrom({ buildId })}`;
}

/** Seconds that a build has to end after TERM. */
export function graceFrom(annotations: Executor.StartConfig['annotations'], settings: Settings) {
    const max = settings.launchType === 'FARGATE' ? FARGATE_GRACE : 3600;

    return Executor.gracePeriodFrom(annotations, { default: settings.stopSeconds, max });
}

export function minutesFrom(annotations: Executor.StartConfig['annotations'], { maxBuildTimeout: max }: Settings) {
    return Executor.buildTimeoutFrom(annotations, { max });
}

/** The task of a build. RunTask cannot set images and secrets, so each build has its own definition. */
export function definitionOf(
    config: Executor.StartConfig,
    annotations: Executor.ParsedAnnotations,
    settings: Settings
): RegisterTaskDefinitionRequest {
    requireSupported(annotations);
    const { ecosystem, jobTools, jobToolsImage, launchType, logConfiguration } = settings;
    const family = familyOf(settings, config.buildId);
    const minutes = minutesFrom(config.annotations, settings);
    const grace = graceFrom(config.annotations, settings);
    const { cpu, memory } = sizeOf(config.annotations, settings);
    const disk = diskOf(annotations, settings);
    const launch = Executor.launch(config, MOUNT_POINT, {
        jobTools,
        buildTimeout: minutes,
        ...(jobTools === 'official' && { store: ecosystem.store, ui: ecosystem.ui })
    });
    // The other executors set the same variables for the official job tools.
    const environment: Record<string, string> = {
        MOUNT_POINT,
        CONTAINER_IMAGE: config.container,
        CONTAINER_CPU_LIMIT: String(cpu / 1024),
        CONTAINER_MEMORY_LIMIT: String(memory * 1024 ** 2),
        SD_BUILD_PREFIX: settings.prefix,
        SD_BASE_COMMAND_PATH: '/sd/commands/',
        SD_TEMP: '/tmp',
        SD_TERMINATION_GRACE_PERIOD_SECONDS: String(grace),
        ...(config.pipelineId !== undefined && { SD_PIPELINE_ID: String(config.pipelineId) }),
        ...launch.env
    };
    const helper = (name: string, [command, ...args]: [string, ...string[]]): ContainerDefinition => ({
        name,
        image: jobToolsImage,
        entryPoint: [command],
        command: args,
        stopTimeout: LEAST_GRACE,
        logConfiguration
    });

    return {
        family,
        requiresCompatibilities: [launchType],
        networkMode: settings.networkMode,
        cpu: String(cpu),
        memory: String(memory),
        ...(disk && { ephemeralStorage: { sizeInGiB: disk } }),
        executionRoleArn: settings.executionRole,
        ...(settings.taskRole && { taskRoleArn: settings.taskRole }),
        volumes: [{ name: family }],
        containerDefinitions: [
            {
                ...helper(JOB_TOOLS, ['cp', '-R', `${MOUNT_POINT}/.`, VOLUME]),
                essential: false,
                mountPoints: [{ sourceVolume: family, containerPath: VOLUME }]
            },
            {
                name: BUILD,
                image: config.container,
                essential: true,
                dependsOn: [{ containerName: JOB_TOOLS, condition: 'SUCCESS' }],
                entryPoint: [launch.command],
                command: launch.args,
                // The token of the config is the temporal one.
                environment: Object.entries(environment)
                    .filter(([name]) => name !== TOKEN)
                    .map(([name, value]) => ({ name, value })),
                secrets: [{ name: TOKEN, valueFrom: parameterOf(settings, config.buildId) }],
                mountPoints: [{ sourceVolume: family, containerPath: MOUNT_POINT, readOnly: true }],
                stopTimeout: grace,
                logConfiguration
            },
            {
                // ECS has no timeout, but the end of an essential container ends the task.
                ...helper(DEADLINE, ['sleep', String(Math.ceil(minutes * 60) + grace + settings.deadlineBuffer)]),
                essential: true
            }
        ],
        tags: tagsOf(config)
    };
}

export function tagsOf({ buildId, jobId, pipelineId }: Executor.StartConfig) {
    return Object.entries({ build: Executor.buildIdFrom({ buildId }), job: jobId, pipeline: pipelineId })
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => ({ key: `screwdriver:${name}`, value: String(value) }));
}
