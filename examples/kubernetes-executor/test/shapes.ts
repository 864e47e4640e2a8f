import type { V1ContainerState, V1ContainerStatus, V1Pod, V1PodSpec, V1PodStatus } from '@kubernetes/client-node';

export const SECRET = 'sd-build-7-0a1b2c3d';
/** As in a watch. Calls return a Date instead, which is the only type that the client declares. */
const STARTED = '2025-05-05T15:29:28Z' as unknown as Date;

export const RUNNING: V1ContainerState = { running: { startedAt: STARTED } };
export const PREPARED: V1ContainerState = { waiting: { reason: 'PodInitializing' } };
/** The description of a build whose launcher has ended by itself. */
export const LAUNCHER_ENDED = `The build's container has ended. Its launcher has reported the result to the API.`;
export const DONE = terminated(0, 'Completed');

export function waiting(reason: string, message?: string): V1ContainerState {
    return { waiting: { reason, ...(message !== undefined && { message }) } };
}

export function terminated(exitCode: number, reason: string, message?: string): V1ContainerState {
    return { terminated: { exitCode, reason, ...(message !== undefined && { message }) } };
}

/** The status of a container with this name. If it has ended, a node may know only the digest of its image. */
export function container(name: string, state: V1ContainerState): V1ContainerStatus {
    return { name, image: 'sha256:d173', imageID: '', ready: false, restartCount: 0, state };
}

/** A build's pod with this status, on a cluster that puts its own sidecar and init container first. */
export function podWith(status: V1PodStatus, spec: Partial<V1PodSpec> = {}): V1Pod {
    return {
        metadata: { name: 'sd-build-7', annotations: { 'screwdriver.cd/secret': SECRET } },
        spec: {
            nodeName: 'node-1',
            activeDeadlineSeconds: 5700,
            initContainers: [
                { name: 'istio-init', image: 'istio/proxyv2:1.9.5' },
                { name: 'log-agent', image: 'agent:2', restartPolicy: 'Always' },
                { name: 'job-tools', image: 'launcher:stable', command: ['cp', '-a', '/opt/sd/.', '/job-tools'] }
            ],
            containers: [
                { name: 'a-proxy', image: 'istio/proxyv2:1.9.5', resources: { limits: { memory: '1Gi' } } },
                {
                    name: 'build',
                    image: 'node:22',
                    command: ['/opt/sd/launch'],
                    resources: { limits: { memory: '2048Mi' } }
                }
            ],
            ...spec
        },
        status
    };
}

/** A pod whose build is in this state, with a sidecar that keeps running. */
export function podOf(build: V1ContainerState, status: V1PodStatus = { phase: 'Running' }): V1Pod {
    return podWith({
        initContainerStatuses: [
            container('istio-init', DONE),
            container('log-agent', RUNNING),
            container('job-tools', DONE)
        ],
        containerStatuses: [container('a-proxy', RUNNING), container('build', build)],
        ...status
    });
}

/** A pod whose build waits for an init container in this state. */
export function podPreparing(name: string, state: V1ContainerState, phase = 'Pending'): V1Pod {
    const states: Record<string, V1ContainerState> = { 'istio-init': DONE, 'log-agent': RUNNING, 'job-tools': DONE };

    return podWith({
        phase,
        initContainerStatuses: Object.entries({ ...states, [name]: state }).map(([of, is]) => container(of, is)),
        containerStatuses: [container('a-proxy', PREPARED), container('build', PREPARED)]
    });
}
