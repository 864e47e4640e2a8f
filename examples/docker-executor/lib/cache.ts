import type { StartConfig } from 'screwdriver-executor-base';
import type { Settings } from './settings';

/** The settings for a build's caches on the disk of the engine's host. */
export interface Caches {
    /** For the launcher. */
    flags: Record<string, string | number | boolean>;
    /** For the engine, which creates missing folders. */
    binds: string[];
    /** The paths of the caches in the container that the build may write to. */
    writable: string[];
}

/** The name of a pull request's job. */
const PULL_REQUEST = /^PR-\d+(:|$)/;
const NONE: Caches = { flags: {}, binds: [], writable: [] };

/** Whether builds have caches on the disk of the engine's host. */
export function isOnDisk({ ecosystem, jobTools }: Settings) {
    return jobTools === 'official' && ecosystem.cache?.strategy === 'disk';
}

/**
 * The caches of the official launcher on the engine's host, in the layout of screwdriver-executor-k8s on its nodes: one
 * for the pipeline, one for the job, one for the event. A pull request can only read the first two. Its job cache is that
 * of the job that it comes from. With the strategy `s3` the launcher keeps them in the store.
 */
export function cachesOf({ pipelineId, jobId, eventId, jobName, token }: StartConfig, settings: Settings): Caches {
    const { cache } = settings.ecosystem;

    if (!cache || !isOnDisk(settings)) return NONE;
    const isPullRequest = PULL_REQUEST.test(String(jobName));
    const job = (isPullRequest && parentJobIn(token)) || jobId;
    const root = `${cache.path.replace(/\/+$/, '')}/${settings.prefix}`;
    const kinds = [
        { kind: 'pipeline', path: `pipelines/${pipelineId}`, isReadOnly: isPullRequest },
        { kind: 'job', path: `jobs/${pipelineId}/${job}`, isReadOnly: isPullRequest },
        { kind: 'event', path: `events/${pipelineId}/${eventId}`, isReadOnly: false }
    ].map(one => ({ ...one, target: `/sd${one.kind}cache` }));

    return {
        flags: {
            'cache-strategy': 'disk',
            ...Object.fromEntries(kinds.map(({ kind, target }) => [`${kind}-cache-dir`, target])),
            'cache-compress': cache.compress,
            'cache-md5check': cache.md5check,
            'cache-max-size-mb': cache.max_size_mb,
            'cache-max-go-threads': cache.max_go_threads
        },
        binds: kinds.map(({ path, target, isReadOnly }) => `${root}/${path}:${target}${isReadOnly ? ':ro' : ''}`),
        writable: kinds.flatMap(({ target, isReadOnly }) => (isReadOnly ? [] : [target]))
    };
}

/** The job whose pull request a token's build belongs to. */
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
