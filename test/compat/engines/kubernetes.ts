import { startRecorder, notFound, type Answer, type Asked, type Recorder } from './recorder';

type Pod = Record<string, any>;

/** The state of a pod: its phase, its node, and the reason why its container waits. */
export interface PodState {
    phase: string;
    nodeName?: string;
    waiting?: string;
}

/**
 * A Kubernetes API server over TLS: pods can be created, read, listed and deleted by label. All have the state of
 * `pod`.
 */
export async function startKubernetesApi(): Promise<Recorder & { pod: PodState }> {
    const pods = new Map<string, Pod>();
    const pod: PodState = { phase: 'Running', nodeName: 'node-1' };
    const server = Object.assign(await startRecorder('kubernetes', answer, { tls: true }), { pod });

    return server;

    function answer({ method, path, query, body }: Asked): Answer {
        const [, name] = path.match(/^\/api\/v1\/namespaces\/[^/]+\/pods(?:\/([^/]+))?(?:\/status)?$/) ?? [];

        if (!path.includes('/pods')) return notFound;
        if (method === 'POST') return create(body);
        if (method === 'GET' && name) return pods.has(name) ? { body: read(name) } : notFound;
        const selected = select(query.labelSelector ?? '').map(read);

        if (method === 'DELETE') for (const { metadata } of selected) pods.delete(metadata.name);

        return { body: { kind: 'PodList', items: selected } };
    }

    function create(pod: Pod | undefined): Answer {
        if (!pod?.metadata?.name)
            return { status: 422, body: { kind: 'Status', message: 'metadata.name is required' } };
        pods.set(pod.metadata.name, pod);

        return { status: 201, body: read(pod.metadata.name) };
    }

    function read(name: string): Pod {
        const { metadata, spec } = pods.get(name)!;
        const { phase, nodeName, waiting } = server.pod;

        return {
            metadata,
            spec: { ...spec, nodeName },
            status: {
                phase,
                conditions: [{ type: 'PodScheduled', status: nodeName ? 'True' : 'False' }],
                containerStatuses: [{ state: waiting ? { waiting: { reason: waiting } } : { running: {} } }]
            }
        };
    }

    function select(labelSelector: string): string[] {
        const [key, value] = labelSelector.split('=');

        return [...pods.keys()].filter(name => pods.get(name)!.metadata.labels?.[key!] === value);
    }
}
