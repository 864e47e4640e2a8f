import { startRecorder, notFound, type Recorder } from './recorder';

/** Screwdriver's queue-service, which accepts every message. */
export function startQueueService(): Promise<Recorder> {
    return startRecorder('queue-service', ({ method, path, query }) => {
        if (path === '/v1/queue/stats') return { body: { requests: { total: 0 }, breaker: { isClosed: true } } };
        if (path !== '/v1/queue/message') return notFound;

        return { status: method === 'POST' ? 201 : 200, body: { taken: query.type ?? 'build' } };
    });
}
