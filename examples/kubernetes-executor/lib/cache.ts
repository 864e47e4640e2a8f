import type { StartConfig } from 'screwdriver-executor-base';
import type { V1Container as Container, V1Volume as Volume, V1VolumeMount as Mount } from '@kubernetes/client-node';
import type { Settings } from './settings';

/** What a build's caches on the disk of its node need. */
export interface Caches {
    /** The launcher's flags. */
    flags: Record<string, string | number | boolean>;
    mounts: Mount[];
    volumes: Volume[];
}

/** The names of a pull request's jobs. */
const PULL_REQUEST = /^PR-\d+(:|$)/;
const NONE: Caches = { flags: {}, mounts: [], volumes: [] };

/**
 * The caches of the official launcher on the nodes, with the paths of screwdriver-executor-k8s: one each for the
 * pipeline, the job and the event. A build of a pull request reads those of the pipeline and of its original job, but
 * does not write them. With the strategy `s3` the launcher keeps the caches in the store, and nothing is needed here.
 */
export function cachesOf(config: StartConfig, { ecosystem, prefix, jobTools }: Settings): Caches {
    const { cache } = ecosystem;

    if (jobTools !== 'official' || cache?.strategy !== 'disk') return NONE;
    const { pipelineId, jobId, eventId, jobName } = config;
    const isPullRequest = PULL_REQUEST.test(String(jobName));
    const job = (isPullRequest && parentJobIn(config.token)) || jobId;
    const root = `${cache.path.replace(/\/+$/, '')}/${prefix}`;
    const kinds = [
        { kind: 'pipeline', path: `pipelines/${pipelineId}`, readOnly: isPullRequest },
        { kind: 'job', path: `jobs/${pipelineId}/${job}`, readOnly: isPullRequest },
        { kind: 'event', path: `events/${pipelineId}/${String(eventId)}`, readOnly: false }
    ];

    return {
        flags: {
            'cache-strategy': 'disk',
            ...Object.fromEntries(kinds.map(({ kind }) => [`${kind}-cache-dir`, `/sd${kind}cache`])),
            'cache-compress': cache.compress,
            'cache-md5check': cache.md5check,
            'cache-max-size-mb': cache.max_size_mb,
            'cache-max-go-threads': cache.max_go_threads
        },
        mounts: kinds.map(({ kind, readOnly }) => ({
            name: `${kind}-cache`,
            mountPath: `/sd${kind}cache`,
            ...(readOnly && { readOnly })
        })),
        volumes: kinds.map(({ kind, path }) => ({
            name: `${kind}-cache`,
            hostPath: { path: `${root}/${path}`, type: 'DirectoryOrCreate' }
        }))
    };
}

/**
 * The init container that lets every user write to the caches. Builds run as various users, and a node makes the
 * folders as root.
 */
export function openersOf({ mounts }: Caches, rest: Omit<Container, 'name'>): Container[] {
    const written = mounts.filter(({ readOnly }) => !readOnly);
    const command = ['chmod', '-R', '777', ...written.map(({ mountPath }) => mountPath)];

    return written.length > 0 ? [{ ...rest, name: 'caches', command, volumeMounts: written }] : [];
}

/** The original job of a pull request's build, from the build's token. */
function parentJobIn(token: string): number | undefined {
    try {
        const [, claims = ''] = token.split('.');
        const { prParentJobId } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as {
            prParentJobId?: unknown;
        };

        return Number(prParentJobId) || undefined;
    } catch {
        return undefined;
    }
}
