'use strict';

const { startRecorder, notFound } = require('./recorder');

/** The Screwdriver API as executors call it: a build's status message and statistics can be updated. */
function startScrewdriverApi() {
    return startRecorder('api', ({ method, path, body }) => {
        const [, id] = path.match(/^\/v4\/builds\/(\d+)$/) ?? [];

        return id && method === 'PUT' ? { body: { id: Number(id), ...body } } : notFound;
    });
}

module.exports = { startScrewdriverApi };
