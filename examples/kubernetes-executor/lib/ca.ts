import type { V1Volume as Volume, V1VolumeMount as Mount } from '@kubernetes/client-node';
import type { Settings } from './settings';

/** Where a build finds the CA certificates that it must trust. */
export const CA_FILE = '/etc/screwdriver-ca.pem';
/** Their key in the ConfigMap. */
const KEY = 'ca.crt';

export function caOf({ caConfigMap }: Settings): { mounts: Mount[]; volumes: Volume[] } {
    if (!caConfigMap) return { mounts: [], volumes: [] };

    return {
        mounts: [{ name: 'ca', mountPath: CA_FILE, subPath: KEY, readOnly: true }],
        volumes: [{ name: 'ca', configMap: { name: caConfigMap } }]
    };
}
