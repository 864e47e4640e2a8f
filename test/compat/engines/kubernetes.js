'use strict';

const { startRecorder, notFound } = require('./recorder');

/**
 * A Kubernetes API server over TLS: pods can be created, read, listed and deleted by label. `server.pod` is what
 * becomes of every pod: its phase, the node it is on, and the reason why its container waits.
 */
async function startKubernetesApi() {
    const pods = new Map();
    const server = await startRecorder('kubernetes', answer, { tls: true });

    server.pod = { phase: 'Running', nodeName: 'node-1', waiting: undefined };

    return server;

    function answer({ method, path, query, body }) {
        const [, name] = path.match(/^\/api\/v1\/namespaces\/[^/]+\/pods(?:\/([^/]+))?(?:\/status)?$/) ?? [];

        if (!path.includes('/pods')) return notFound;
        if (method === 'POST') return create(body);
        if (method === 'GET' && name) return pods.has(name) ? { body: read(name) } : notFound;
        const selected = select(query.labelSelector ?? '').map(read);

        if (method === 'DELETE') for (const { metadata } of selected) pods.delete(metadata.name);

        return { body: { kind: 'PodList', items: selected } };
    }

    function create(pod) {
        if (!pod?.metadata?.name)
            return { status: 422, body: { kind: 'Status', message: 'metadata.name is required' } };
        pods.set(pod.metadata.name, pod);

        return { status: 201, body: read(pod.metadata.name) };
    }

    function read(name) {
        const { metadata, spec } = pods.get(name);
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

    function select(labelSelector) {
        const [key, value] = labelSelector.split('=');

        return [...pods.keys()].filter(name => pods.get(name).metadata.labels?.[key] === value);
    }
}

module.exports = { startKubernetesApi };
