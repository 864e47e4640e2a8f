import type { StartConfig } from 'screwdriver-executor-base';
import type { Settings } from './settings';

/** Where a build finds the roots that it is to trust. */
export const CA_FILE = '/etc/screwdriver-ca.pem';

/**
 * What the job tools read from the environment of a build, beside what the launch contract gives. The official ones know
 * the same variables from the other executors.
 *
 * @param given what the engine gives the build: bytes of
 * memory, seconds between TERM and KILL, the name of the engine's host
 */
export function environmentOf(
    { container, pipelineId }: StartConfig,
    { caFile, mountPoint, prefix }: Settings,
    { cores, memory, grace, node }: { cores: number; memory: number; grace: number; node: string }
) {
    return {
        MOUNT_POINT: mountPoint,
        CONTAINER_IMAGE: container,
        CONTAINER_CPU_LIMIT: String(cores),
        CONTAINER_MEMORY_LIMIT: String(memory),
        NODE_ID: node,
        SD_BUILD_PREFIX: prefix,
        SD_BASE_COMMAND_PATH: '/sd/commands/',
        // Every user can write there, or the launcher cannot work either.
        SD_TEMP: '/tmp',
        ...(caFile && { SSL_CERT_FILE: CA_FILE }),
        SD_TERMINATION_GRACE_PERIOD_SECONDS: String(grace),
        ...(pipelineId !== undefined && { SD_PIPELINE_ID: String(pipelineId) })
    };
}
