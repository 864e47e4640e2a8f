import { randomBytes } from 'node:crypto';
import Executor = require('screwdriver-executor-base');
import { caOf } from './ca';
import { cachesOf, openersOf } from './cache';
import { BUILD } from './containers';
import { FOLDERS, TOKEN, environmentOf, literal } from './environment';
import { jobToolsOf } from './job-tools';
import { merge } from './merge';
import type { Settings } from './settings';
import type { V1Pod as Pod, V1Secret as Secret } from '@kubernetes/client-node';

/** The minimum of a build, in cores and GB. Clusters round less to nothing. */
const LEAST = 0.01;
/** Cores, by the words of the annotation. */
const CPU = { words: { MICRO: 0.5, LOW: 2, HIGH: 6, TURBO: 12 }, default: 2, min: LEAST, max: 12 };
/** GB, by the words of the annotation. */
const RAM = { words: { MICRO: 1, LOW: 2, HIGH: 12, TURBO: 16 }, default: 2, min: LEAST, max: 16 };
/** The maximum of seconds to end that a job may request, since it occupies the cluster for this long. */
const MOST_GRACE = 3600;
/** The pod's annotation that names its Secret. */
const SECRET = 'screwdriver.cd/secret';
/** The pod's annotations that a later executor needs to report the build's failure. */
const API = 'screwdriver.cd/api';
const TIMEOUT = 'screwdriver.cd/timeout';
/** The label of all pods of builds: the build's id. */
export const BUILD_LABEL = 'screwdriver.cd/build';

/** The name of a build's pod, from which that of its Secret is derived. */
export function nameOf({ prefix }: Settings, buildId: Executor.BuildId) {
    return `${prefix}build-${Executor.buildIdFrom({ buildId })}`;
}

/** The build's id, if the pod is from an executor with these settings. */
export function buildIdOf(settings: Settings, pod: Pod) {
    const id = pod.metadata?.labels?.[BUILD_LABEL];

    return Number(id) > 0 && pod.metadata?.name === nameOf(settings, id!) && secretNameOf(pod) ? id : undefined;
}

/** The address of the build's API. */
export function apiUriOf({ metadata }: Pod) {
    return metadata?.annotations?.[API];
}

/** The build's timeout. */
export function minutesOf({ metadata }: Pod) {
    return Number(metadata?.annotations?.[TIMEOUT] ?? 0);
}

/** Seconds that a build has to end after TERM. */
export function graceFrom(annotations: Executor.StartConfig['annotations'], { stopSeconds }: Settings) {
    return Executor.gracePeriodFrom(annotations, {
        default: stopSeconds,
        max: Math.max(Math.ceil(stopSeconds), MOST_GRACE)
    });
}

/** The pod of a build. It names a Secret that does not exist yet, and the build's container waits for it. */
export function podOf(config: Executor.StartConfig, annotations: Executor.ParsedAnnotations, settings: Settings): Pod {
    const { buildId, container } = config;
    const { ecosystem, mountPoint, jobTools, jobToolsImage, maxBuildTimeout: max } = settings;
    const name = nameOf(settings, buildId);
    // Unique to this pod, so that it does not use a Secret that an earlier pod of the build has left for a moment.
    const secret = `${name}-${randomBytes(4).toString('hex')}`;
    const caches = cachesOf(config, settings);
    const minutes = Executor.buildTimeoutFrom(config.annotations, { max });
    const launch = Executor.launch(config, mountPoint, {
        jobTools,
        buildTimeout: minutes,
        flags: caches.flags,
        ...(jobTools === 'official' && { store: ecosystem.store, ui: ecosystem.ui })
    });
    const grace = graceFrom(config.annotations, settings);
    const folders = Object.entries(jobTools === 'official' ? FOLDERS : {});
    const { cpu, ram } = Executor.limitsFrom(config.annotations, { cpu: CPU, ram: RAM });
    const limits = { cpu: `${Math.round(cpu * 1000)}m`, memory: `${Math.round(ram * 1024)}Mi` };

    // A pod needs the maximum of its containers, so the limits of the build cost nothing.
    const init = { image: jobToolsImage, resources: { limits } };
    const tools = jobToolsOf(settings, init);
    const ca = caOf(settings);

    const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        spec: {
            restartPolicy: 'Never',
            automountServiceAccountToken: false,
            // Variables for each port of each service in the namespace would be too many for some shells.
            enableServiceLinks: false,
            securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
            activeDeadlineSeconds: Math.ceil(minutes * 60) + grace + settings.deadlineBuffer,
            terminationGracePeriodSeconds: grace,
            nodeSelector: nodeSelectorOf(annotations.nodeLabel),
            ...(settings.serviceAccount && { serviceAccountName: settings.serviceAccount }),
            initContainers: [...tools.initContainers, ...openersOf(caches, init)],
            containers: [
                {
                    name: BUILD,
                    image: container,
                    // The line that the container prints shows an entry point that cannot run.
                    terminationMessagePolicy: 'FallbackToLogsOnError',
                    command: [literal(launch.command)],
                    args: launch.args.map(literal),
                    env: environmentOf({ config, launch: launch.env, secret, grace }, settings),
                    resources: { limits },
                    volumeMounts: [
                        ...tools.mounts,
                        ...folders.map(([name, mountPath]) => ({ name, mountPath })),
                        ...caches.mounts,
                        ...ca.mounts
                    ]
                }
            ],
            volumes: [
                ...tools.volumes,
                ...folders.map(([name]) => ({ name, emptyDir: {} })),
                ...caches.volumes,
                ...ca.volumes
            ]
        }
    };

    const { metadata, ...rest } = merge(pod, settings.podTemplate) as Pod;

    return {
        ...rest,
        metadata: {
            ...metadata,
            name,
            namespace: settings.namespace,
            labels: { ...metadata?.labels, ...labelsOf(config) },
            annotations: {
                ...metadata?.annotations,
                [SECRET]: secret,
                [API]: config.apiUri,
                [TIMEOUT]: String(minutes)
            }
        }
    };
}

/**
 * The Secret with the build's token. The pod owns it: the cluster removes it with the pod.
 *
 * @param pod as stored by the cluster
 * @param token the build's own
 */
export function secretOf(pod: Pod, token: string): Secret {
    const { name = '', uid = '', labels = {} } = pod.metadata ?? {};

    return {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
            name: secretNameOf(pod),
            labels,
            ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid }]
        },
        immutable: true,
        stringData: { [TOKEN]: token }
    };
}

/** The token in a build's Secret. */
export function tokenIn({ data }: Secret) {
    return Buffer.from(data?.[TOKEN] ?? '', 'base64').toString();
}

/** The name of the Secret. Empty if the pod is not from this executor. */
export function secretNameOf({ metadata }: Pod) {
    return metadata?.annotations?.[SECRET] ?? '';
}

/**
 * Whether both are the pod of the same start, whose Secret has a unique name.
 *
 * @param pod as it was made, or as stored by the cluster
 */
export function isSame(found: Pod | undefined, pod: Pod) {
    return found !== undefined && secretNameOf(found) === secretNameOf(pod);
}

/** `kubectl get pods -l screwdriver.cd/build` lists the builds of a namespace. */
function labelsOf({ buildId, jobId, pipelineId }: Executor.StartConfig) {
    return {
        [BUILD_LABEL]: Executor.buildIdFrom({ buildId }),
        ...(jobId !== undefined && { 'screwdriver.cd/job': String(jobId) }),
        ...(pipelineId !== undefined && { 'screwdriver.cd/pipeline': String(pipelineId) })
    };
}

/** `disk=ssd,zone=a` as a node selector. */
function nodeSelectorOf(nodeLabel: unknown): Record<string, string> {
    const pairs = typeof nodeLabel === 'string' ? nodeLabel.split(',') : [];

    return Object.fromEntries(pairs.map(pair => pair.trim().split('=')).filter(({ length }) => length === 2));
}
