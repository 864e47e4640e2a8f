import type { OutgoingHttpHeaders } from 'node:http';
import type { Answer } from './fault-server';

/** Answers with a body: a text as it stands, anything else as JSON. */
export function reply(status: number, body: unknown, headers: OutgoingHttpHeaders = {}): Answer {
    const content = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);

    return (_request, response) => {
        response.writeHead(status, { 'content-length': Buffer.byteLength(content), ...headers });
        response.end(content);
    };
}

/** Answers as the API does, and repeats the credential in its message, as a careless proxy may. */
export function refuse(status: number, message = 'Something', headers: OutgoingHttpHeaders = {}): Answer {
    return (request, response) => {
        const body = { statusCode: status, error: 'Error', message: `${message} (${request.headers.authorization})` };

        reply(status, body, headers)(request, response);
    };
}

/** Leaves the request without an answer. */
export function silence(): void {}

/** Breaks the connection off. */
export const reset: Answer = request => {
    request.socket.resetAndDestroy();
};

/** Sends the head of an answer and a part of its body, and then nothing. */
export function stall(status: number, part: string | Buffer = '', headers: OutgoingHttpHeaders = {}): Answer {
    return (_request, response) => {
        response.writeHead(status, { 'content-length': 1000, ...headers });
        response.flushHeaders();
        if (part.length > 0) response.write(part);
    };
}

/** Sends the head of an answer and a part of its body, then breaks the connection. */
export function cut(status: number, part: string | Buffer, headers: OutgoingHttpHeaders = {}): Answer {
    return (request, response) => {
        stall(status, part, headers)(request, response);
        setTimeout(() => request.socket.destroy(), 20);
    };
}

/** Sends a body of that many bytes as fast as the client reads it. */
export function flood(status: number, bytes: number, headers: OutgoingHttpHeaders = {}): Answer {
    const chunk = Buffer.alloc(65_536, 'x');

    return (_request, response) => {
        let sent = 0;
        const more = () => {
            while (sent < bytes && !response.destroyed) {
                sent += chunk.length;
                if (!response.write(chunk)) return;
            }
            response.end();
        };

        response.writeHead(status, headers);
        response.on('drain', more);
        more();
    };
}

/** Sends a body byte by byte, with a pause after each. */
export function trickle(status: number, body: string, pause: number): Answer {
    return (_request, response) => {
        let at = 0;

        response.writeHead(status, { 'content-length': body.length });
        const timer = setInterval(() => {
            response.write(body[at]);
            at += 1;
            if (at === body.length) response.end();
        }, pause);

        response.once('close', () => clearInterval(timer));
    };
}
