import { startRecorder, notFound, type Recorder } from './recorder';

/** The Screwdriver API as executors call it: a build's status message and statistics can be updated. */
export function startScrewdriverApi(): Promise<Recorder> {
    return startRecorder('api', ({ method, path, body }) => {
        const [, id] = path.match(/^\/v4\/builds\/(\d+)$/) ?? [];

        return id && method === 'PUT' ? { body: { id: Number(id), ...body } } : notFound;
    });
}
