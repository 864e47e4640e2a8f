import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createRawServer, type AddressInfo, type Server as RawServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { certificate, keyOf, type CertificateName } from './certificates';

/** What the server does with a request after it has read all of it. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface ServerOptions {
    /** One answer per request. The last one is repeated. */
    answers?: Answer[] | undefined;
    /** What happens to a connection instead, before anything is read from it. */
    connection?: ((socket: Socket) => void) | undefined;
    /** Speaks TLS, with this certificate. */
    tls?: CertificateName | undefined;
    /** @default any that is free */
    port?: number | undefined;
}

export interface FaultServer {
    uri: string;
    /** The requests that arrived, in order. */
    requests: Array<{ path: string; authorization: string | undefined; body: string }>;
    /** Connections that were ever opened. */
    connections: number;
    /** Connections that are open. */
    sockets: Set<Socket>;
    /** Requests that are neither answered nor aborted. */
    pending: number;
    close(): Promise<void>;
}

/** A server on a free port of 127.0.0.1 with programmed answers and faults. */
export async function serve({ answers = [], connection, tls, port = 0 }: ServerOptions): Promise<FaultServer> {
    const server = connection ? createRawServer() : httpServer(tls, respond);
    const faulty: FaultServer = { uri: '', requests: [], connections: 0, sockets: new Set(), pending: 0, close };

    function respond(request: IncomingMessage, response: ServerResponse): void {
        faulty.pending += 1;
        response.once('close', () => (faulty.pending -= 1));
        text(request).then(
            body => {
                const answer = answers[Math.min(faulty.requests.length, answers.length - 1)];

                faulty.requests.push({ path: request.url ?? '', authorization: request.headers.authorization, body });
                answer?.(request, response);
            },
            () => response.destroy()
        );
    }

    async function close(): Promise<void> {
        const closed = once(server, 'close');

        server.close();
        for (const socket of faulty.sockets) socket.destroy();
        await closed;
    }

    server.on('connection', (socket: Socket) => {
        faulty.connections += 1;
        faulty.sockets.add(socket);
        socket.once('close', () => faulty.sockets.delete(socket));
        socket.on('error', () => socket.destroy());
        connection?.(socket);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    faulty.uri = `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;

    return faulty;
}

function httpServer(tls: CertificateName | undefined, respond: RequestListener): Server | RawServer {
    return tls ? createTlsServer({ cert: certificate(tls), key: keyOf(tls) }, respond) : createServer(respond);
}
