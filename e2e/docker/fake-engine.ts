import { once } from 'node:events';
import http = require('node:http');
import type { AddressInfo } from 'node:net';

/** Answers a request. */
export type Answer = (response: http.ServerResponse) => void;
/** An answer that depends on the request. */
type AnswerTo = (response: http.ServerResponse, url: string) => void;
/** Answers by method and path, with or without the query. */
export type Answers = Record<string, Answer>;

/** The answer for a missing container. */
export const GONE = json(404, { message: 'No such container' });
/** The build's container, created and not started yet. */
export const CREATED = json(200, { Id: 'made', State: { Status: 'created' }, Config: {}, HostConfig: {} });

/** The container that keeps the job tools. */
export const TOOLS = json(200, { Id: 'tools', State: { Status: 'created' } });

/** The answers of a healthy engine with job tools, and without a build until one is created there. */
function usual(): [RegExp, AnswerTo][] {
    const made = new Set<string | undefined>();
    const nameIn = (url: string) => decodeURIComponent(/name=([^&]+)/.exec(url)?.[1] ?? '');

    return [
        [/^GET \/images\//, json(200, { Id: 'image', Config: {} })],
        [/^GET \/containers\/(sd-tools-[\da-f]{12}|tools)\/json/, TOOLS],
        [/^GET \/containers\/json\?/, json(200, [])],
        [/^GET \/volumes\?/, json(200, {})],
        [/^GET \/volumes\/sd-build-\d+-starting/, json(200, { Labels: { 'screwdriver.start': 'this' } })],
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
 * A server that gives the Docker API's answers, for what a real engine does not do on demand.
 *
 * @param answers that differ from the usual ones
 */
export async function startFakeEngine(answers: Answers) {
    const calls: string[] = [];
    const others = usual();
    const server = http.createServer((request, response) => {
        const call = `${request.method} ${request.url}`;
        const own = Object.keys(answers).find(key => call === key || call.startsWith(`${key}?`));
        const answer: AnswerTo | undefined =
            own === undefined ? others.find(([pattern]) => pattern.test(call))?.[1] : answers[own];

        calls.push(own ?? call);
        request.resume().once('end', () => answer?.(response, request.url ?? ''));
    });

    await once(server.listen(0, '127.0.0.1'), 'listening');

    return {
        /** The requests in order: the key in `answers`, or the whole request if it has none. */
        calls,
        /** dockerode's options. */
        docker: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
        async close() {
            server.close();
            server.closeAllConnections();
            await once(server, 'close');
        }
    };
}

/** An answer with that status and body. */
export function json(status: number, body?: unknown): Answer {
    return response => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(body && JSON.stringify(body));
    };
}

/** Sends the head of an answer and half of its body, then cuts the connection. */
export function cutOff(response: http.ServerResponse) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"Id":');
    setTimeout(() => response.destroy(), 50);
}

/** Gives each answer to one call, and the last one to all later calls. */
export function inTurn(...answers: Answer[]): Answer {
    return response => (answers.length > 1 ? answers.shift() : answers[0])?.(response);
}
