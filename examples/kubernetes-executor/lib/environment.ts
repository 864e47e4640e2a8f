import { CA_FILE } from './ca';
import type { Settings } from './settings';
import type { V1EnvVar as Variable } from '@kubernetes/client-node';
import type { StartConfig } from 'screwdriver-executor-base';

/** The Secret's key, and the variable in which a launcher looks for its token. */
export const TOKEN = 'SD_TOKEN';
/** Folders that the official job tools write to, whoever the build runs as and even if its root is read-only. */
export const FOLDERS = { sd: '/sd', 'sd-temp': '/opt/sd_tmp' };

/**
 * The environment of the build's container: what the launcher needs, and what jobs know from screwdriver-executor-k8s.
 */
export function environmentOf(
    {
        config,
        launch,
        secret,
        grace
    }: { config: StartConfig; launch: Record<string, string>; secret: string; grace: number },
    { caConfigMap, jobTools, mountPoint, prefix }: Settings
): Variable[] {
    const values = {
        MOUNT_POINT: mountPoint,
        SD_TERMINATION_GRACE_PERIOD_SECONDS: grace,
        SD_PIPELINE_ID: config.pipelineId ?? '',
        SD_BUILD_PREFIX: prefix,
        CONTAINER_IMAGE: config.container,
        ...(caConfigMap && { SSL_CERT_FILE: CA_FILE }),
        ...(jobTools === 'official' && {
            SD_BASE_COMMAND_PATH: `${FOLDERS.sd}/commands/`,
            SD_TEMP: FOLDERS['sd-temp']
        }),
        ...launch
    };

    return [
        ...Object.entries(values)
            .filter(([name]) => name !== TOKEN)
            .map(([name, value]) => ({ name, value: literal(String(value)) })),
        // The values are whole cores, rounded up, and bytes.
        { name: 'CONTAINER_CPU_LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
        { name: 'CONTAINER_MEMORY_LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.memory' } } },
        { name: 'NODE_ID', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
        { name: TOKEN, valueFrom: { secretKeyRef: { name: secret, key: TOKEN } } }
    ];
}

/**
 * A text that reaches the container unchanged. Kubernetes replaces `$(NAME)` in commands and variables, and `$$` by one
 * `$`.
 */
export function literal(text: string) {
    return text.replaceAll('$', '$$$$');
}
