'use strict';

const { once } = require('node:events');
const http = require('node:http');

/** That a container is not there. */
const GONE = json(404, { message: 'No such container' });
/** The build's container as it was made, and has not been started. */
const CREATED = json(200, { Id: 'made', State: { Status: 'created' }, Config: {}, HostConfig: {} });

/** What an engine answers on which all goes well and where no build is, until one is made there. */
function usual() {
    const made = new Set();
    const nameIn = url => decodeURIComponent(/name=([^&]+)/.exec(url)[1]);

    return [
        [/^GET \/images\//, json(200, {})],
        [/^GET \/containers\/json\?/, json(200, [])],
        [/^GET \/volumes\?/, json(200, {})],
        [/^GET \/volumes\//, json(404, { message: 'get: no such volume' })],
        [/^POST \/volumes\/create/, json(201, { Name: 'made' })],
        [/^GET \/events\?/, response => response.writeHead(200).flushHeaders()],
        [/^GET \/info/, json(200, { Name: 'host' })],
        [/^GET \/version/, json(200, {})],
        [/^GET \/containers\/made\/json/, CREATED],
        [/^GET \/containers\/[^/]+\/json/, (response, url) => (made.has(url.split('/')[2]) ? CREATED : GONE)(response)],
        [/^GET \/containers\//, GONE],
        [
            /^POST \/containers\/create\?/,
            (response, url) => {
                made.add(nameIn(url));
                json(201, { Id: 'made' })(response);
            }
        ],
        [
            /^DELETE \/containers\/made/,
            response => {
                made.clear();
                json(204)(response);
            }
        ],
        [/./, json(204)]
    ];
}

/**
 * A server that speaks the Docker API's answers, for what no real engine does on demand.
 *
 * @param {Record<string, (response: http.ServerResponse) => void>} answers those that differ, by method and path, with
 *   or without the query
 */
async function startFakeEngine(answers) {
    const calls = [];
    const others = usual();
    const server = http.createServer((request, response) => {
        const call = `${request.method} ${request.url}`;
        const own = Object.keys(answers).find(key => call === key || call.startsWith(`${key}?`));
        const answer = own ? answers[own] : others.find(([pattern]) => pattern.test(call))[1];

        calls.push(own ?? call);
        request.resume().once('end', () => answer(response, request.url));
    });

    await once(server.listen(0, '127.0.0.1'), 'listening');

    return {
        /** What was asked for, in order: the keys of `answers`, the whole request for anything else. */
        calls,
        /** dockerode's options. */
        docker: { host: '127.0.0.1', port: server.address().port },
        async close() {
            server.close();
            server.closeAllConnections();
            await once(server, 'close');
        }
    };
}

/** An answer with that status and body. */
function json(status, body) {
    return response => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(body && JSON.stringify(body));
    };
}

/** The head of an answer and half of its body; then nothing more, on a connection that is cut. */
function cutOff(response) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"Id":');
    setTimeout(() => response.destroy(), 50);
}

/** Answers, each for one call; the last one for all that come later. */
function inTurn(...answers) {
    return response => (answers.length > 1 ? answers.shift() : answers[0])(response);
}

module.exports = { CREATED, GONE, cutOff, inTurn, json, startFakeEngine };
