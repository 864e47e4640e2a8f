import type { StartConfig } from 'screwdriver-executor-base';
import type { Settings } from './settings';

/** Where a build finds the root certificates that it should trust. */
export const CA_FILE = '/etc/screwdriver-ca.pem';

/**
 * What the job tools read from the environment of a build, in addition to the launch contract. The other executors set
 * the same variables for the official job tools.
 *
 * @param given the build's cores, memory in bytes, seconds between TERM and KILL, and the name of the engine's host
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
        // Every user can write there. Otherwise the launcher cannot work either.
        SD_TEMP: '/tmp',
        ...(caFile && { SSL_CERT_FILE: CA_FILE }),
        SD_TERMINATION_GRACE_PERIOD_SECONDS: String(grace),
        ...(pipelineId !== undefined && { SD_PIPELINE_ID: String(pipelineId) })
    };
}
