'use strict';

/** @typedef {import('./settings').Settings} Settings */
/** @typedef {import('@kubernetes/client-node').V1EnvVar} Variable */

/** The Secret's key, and the variable in which a launcher looks for its token. */
const TOKEN = 'SD_TOKEN';
/** Folders that the official job tools write to, whoever the build runs as and even where its root is read-only. */
const FOLDERS = { sd: '/sd', 'sd-temp': '/opt/sd_tmp' };

/**
 * What the build's container has in its environment: what the launcher needs, and what jobs know from
 * screwdriver-executor-k8s.
 *
 * @param {object} of
 * @param {import('screwdriver-executor-base').StartConfig} of.config
 * @param {Record<string, string>} of.launch the launch contract's variables. Its token does not get into the pod
 * @param {string} of.secret the name of the Secret that will hold the token
 * @param {number} of.grace seconds between TERM and KILL
 * @param {Settings} settings
 * @returns {Variable[]}
 */
function environmentOf({ config, launch, secret, grace }, { jobTools, mountPoint, prefix }) {
    const values = {
        MOUNT_POINT: mountPoint,
        SD_TERMINATION_GRACE_PERIOD_SECONDS: grace,
        SD_PIPELINE_ID: config.pipelineId ?? '',
        SD_BUILD_PREFIX: prefix,
        CONTAINER_IMAGE: config.container,
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
        // In whole cores, rounded up, and in bytes.
        { name: 'CONTAINER_CPU_LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
        { name: 'CONTAINER_MEMORY_LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.memory' } } },
        { name: 'NODE_ID', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
        { name: TOKEN, valueFrom: { secretKeyRef: { name: secret, key: TOKEN } } }
    ];
}

/**
 * A text that comes to the container as it stands: Kubernetes replaces `$(NAME)` in commands and variables, and takes
 * `$$` for one `$`.
 *
 * @param {string} text
 */
function literal(text) {
    return text.replaceAll('$', '$$$$');
}

module.exports = { FOLDERS, TOKEN, environmentOf, literal };
