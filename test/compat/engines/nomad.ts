import { startRecorder, notFound, type Recorder } from './recorder';

/** A Nomad agent: jobs can be submitted, read and deregistered. */
export function startNomadApi(): Promise<Recorder> {
    const jobs = new Map<string, object>();

    return startRecorder('nomad', ({ method, path, body }) => {
        const [, , collection, id = ''] = path.split('/');

        if (method === 'POST' && collection === 'jobs' && body?.Job?.ID) {
            jobs.set(body.Job.ID, body.Job);

            return { body: { EvalID: `evaluation-${jobs.size}` } };
        }
        if (collection !== 'job' || !jobs.has(id)) return notFound;
        if (method === 'GET') return { body: jobs.get(id) };
        jobs.delete(id);

        return { body: { EvalID: 'evaluation-0' } };
    });
}
