'use strict';

const { startRecorder, notFound } = require('./recorder');

/** A Nomad agent: jobs can be submitted, read and deregistered. */
function startNomadApi() {
    const jobs = new Map();

    return startRecorder('nomad', ({ method, path, body }) => {
        const [, , collection, id] = path.split('/');

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

module.exports = { startNomadApi };
