import Executor = require('screwdriver-executor-base');
import { mostGraceOf, type Settings } from './settings';
import { diskOf, requireSupported, sizeOf } from './sizes';
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';

/** The containers of a task. */
export const [BUILD, JOB_TOOLS, DEADLINE] = ['build', 'job-tools', 'deadline'];
/** The variable in which a launcher looks for its token. */
const TOKEN = 'SD_TOKEN';
/** Where the job tools are copied to. */
const FILL = '/job-tools';
/** Fargate takes no less. What is of no account when a build is stopped shall not hold it up. */
const LEAST_GRACE = 2;

/** What the tasks and the parameter of a build go by. */
export function familyOf({ prefix }: Settings, buildId: Executor.BuildId) {
    return `${prefix}${Executor.buildIdFrom({ buildId })}`;
}

/** The parameter that holds a build's token until its container runs. */
export function parameterOf({ prefix }: Settings, buildId: Executor.BuildId) {
    return `/${prefix}builds/${Executor.buildIdFrom({ buildId })}`;
}

/** Seconds that a build has to end after TERM. */
export function graceFrom(annotations: Executor.StartConfig['annotations'], settings: Settings) {
    return Executor.gracePeriodFrom(annotations, { default: settings.stopSeconds, max: mostGraceOf(settings) });
}

export function minutesFrom(annotations: Executor.StartConfig['annotations'], { maxBuildTimeout: max }: Settings) {
    return Executor.buildTimeoutFrom(annotations, { max });
}

/**
 * The task of a build. Secrets and images are of the definition alone, none of a run, so that each build has a family of
 * its own. (`ContainerOverride` in the API of ECS.)
 */
export function definitionOf(
    config: Executor.StartConfig,
    annotations: Executor.ParsedAnnotations,
    settings: Settings
): RegisterTaskDefinitionRequest {
    requireSupported(annotations);
    const { ecosystem, jobTools, jobToolsImage, launchType, logConfiguration, mountPoint } = settings;
    const family = familyOf(settings, config.buildId);
    const minutes = minutesFrom(config.annotations, settings);
    const grace = graceFrom(config.annotations, settings);
    const { cpu, memory } = sizeOf(config.annotations, settings);
    const disk = diskOf(annotations, settings);
    const launch = Executor.launch(config, mountPoint, {
        jobTools,
        buildTimeout: minutes,
        ...(jobTools === 'official' && { store: ecosystem.store, ui: ecosystem.ui })
    });
    const environment = { ...environmentOf(config, { cpu, memory, grace }, settings), ...launch.env };
    const helper = (name: string, ...[command, ...args]: [string, ...string[]]): ContainerDefinition => ({
        name,
        image: jobToolsImage,
        essential: false,
        entryPoint: [command],
        command: args,
        stopTimeout: LEAST_GRACE,
        ...(logConfiguration && { logConfiguration })
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
                ...helper(JOB_TOOLS, 'cp', '-R', `${mountPoint}/.`, FILL),
                mountPoints: [{ sourceVolume: family, containerPath: FILL }]
            },
            {
                name: BUILD,
                image: config.container,
                essential: true,
                dependsOn: [{ containerName: JOB_TOOLS, condition: 'SUCCESS' }],
                entryPoint: [launch.command],
                command: launch.args,
                // The token in the config is not the build's own.
                environment: Object.entries(environment)
                    .filter(([name]) => name !== TOKEN)
                    .map(([name, value]) => ({ name, value })),
                secrets: [{ name: TOKEN, valueFrom: parameterOf(settings, config.buildId) }],
                mountPoints: [{ sourceVolume: family, containerPath: mountPoint, readOnly: true }],
                stopTimeout: grace,
                ...(logConfiguration && { logConfiguration })
            },
            {
                // ECS has no timeout: the end of an essential container ends the task.
                ...helper(DEADLINE, 'sleep', String(Math.ceil(minutes * 60) + grace + settings.deadlineBuffer)),
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

/** What the job tools read from the environment of a build, beside what the launch contract gives. */
function environmentOf(
    { container, pipelineId }: Executor.StartConfig,
    { cpu, memory, grace }: { cpu: number; memory: number; grace: number },
    { mountPoint, prefix }: Settings
): Record<string, string> {
    return {
        MOUNT_POINT: mountPoint,
        CONTAINER_IMAGE: container,
        CONTAINER_CPU_LIMIT: String(cpu / 1024),
        CONTAINER_MEMORY_LIMIT: String(memory * 1024 ** 2),
        SD_BUILD_PREFIX: prefix,
        SD_BASE_COMMAND_PATH: '/sd/commands/',
        SD_TEMP: '/tmp',
        SD_TERMINATION_GRACE_PERIOD_SECONDS: String(grace),
        ...(pipelineId !== undefined && { SD_PIPELINE_ID: String(pipelineId) })
    };
}
