import { createHash } from 'node:crypto';
import { JOB_TOOLS } from './containers';
import { literal } from './environment';
import type { V1Container as Container, V1Volume as Volume, V1VolumeMount as Mount } from '@kubernetes/client-node';
import type { Settings } from './settings';

/** How the job tools get into a pod, and where its build finds them. */
export interface JobTools {
    initContainers: Container[];
    mounts: Mount[];
    volumes: Volume[];
}

/** Where Habitat is in the image of the job tools and in a build. Its programs have the path compiled in. */
const HABITAT = '/hab';
/** Where an init container mounts the volume that it fills. */
const FILL = '/job-tools';

/**
 * The job tools, which builds cannot change. Each pod copies them, or with `jobToolsPath` only the first pod of a node.
 *
 * @param rest what their containers share with others
 */
export function jobToolsOf(settings: Settings, rest: Omit<Container, 'name'>): JobTools {
    const folders = {
        [JOB_TOOLS]: settings.mountPoint,
        ...(settings.habitat && { habitat: HABITAT })
    };
    const entries = Object.entries(folders);
    const mounts = entries.map(([name, mountPath]) => ({ name, mountPath, readOnly: true }));

    if (settings.jobToolsPath) return { ...onNode(settings, entries, rest), mounts };

    return {
        initContainers: entries.map(([name, source]) => ({
            ...rest,
            name,
            // Without the owners and times: `-a` fails for a user who may not set them.
            command: ['cp', '-R', `${source}/.`, FILL],
            volumeMounts: [{ name, mountPath: FILL }]
        })),
        mounts,
        volumes: entries.map(([name]) => ({ name, emptyDir: {} }))
    };
}

function onNode({ jobToolsPath, jobToolsImage }: Settings, folders: [string, string][], rest: Omit<Container, 'name'>) {
    const [, digest = ''] = jobToolsImage.split('@');
    const key = createHash('sha256')
        .update(JSON.stringify([digest, folders]))
        .digest('hex');

    return {
        initContainers: [
            {
                ...rest,
                name: JOB_TOOLS,
                command: ['/bin/sh', '-ec', literal(scriptOf(key, folders))],
                // The folder of the node belongs to root.
                securityContext: { runAsUser: 0 },
                volumeMounts: [{ name: 'node', mountPath: FILL }]
            }
        ],
        volumes: [
            { name: 'node', hostPath: { path: jobToolsPath, type: 'DirectoryOrCreate' } },
            // Without a type, since the folders may exist only when the init container has ended.
            ...folders.map(([name]) => ({ name, hostPath: { path: `${jobToolsPath}/${key}/${name}` } }))
        ]
    };
}

/**
 * Fills a folder of the node under another name, and renames it when it is complete. If several pods do so at the same
 * time, all of them copy, and the first one to rename wins. The remains of a killed copy are removed after an hour.
 */
function scriptOf(key: string, folders: [string, string][]) {
    return [
        `cd ${FILL}`,
        `[ ! -d ${key} ] || exit 0`,
        `find . -maxdepth 1 -name '.new-*' -mmin +60 -exec rm -rf {} +`,
        'new=$(mktemp -d .new-XXXXXX)',
        'chmod 755 "$new"',
        ...folders.map(([name, source]) => `mkdir "$new/${name}"; cp -R ${quoted(source)}/. "$new/${name}"`),
        // So that a node that loses power does not keep the name without the content.
        'sync',
        `mv -T "$new" ${key} || rm -rf "$new"`,
        `[ -d ${key} ]`
    ].join('\n');
}

function quoted(path: string) {
    return `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
