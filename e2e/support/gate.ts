import { once } from 'node:events';
import net = require('node:net');
import tls = require('node:tls');
import type { AddressInfo } from 'node:net';

/**
 * A second address of a server on loopback, which can be closed, so that nothing listens there.
 *
 * @param options for TLS, where the way is to be https
 */
export async function openGate(uri: string, options?: tls.TlsOptions) {
    const target = new URL(uri);
    const sockets = new Set<net.Socket>();
    const pass = (socket: net.Socket) => {
        const onward = net.connect(Number(target.port), target.hostname);

        for (const [one, other] of [
            [socket, onward],
            [onward, socket]
        ] as const) {
            sockets.add(one);
            one.on('error', () => {});
            one.on('close', () => {
                sockets.delete(one);
                other.destroy();
            });
            one.pipe(other);
        }
    };
    const server = options ? tls.createServer(options, pass) : net.createServer(pass);
    const listen = (port: number) => once(server.listen(port, '127.0.0.1'), 'listening');

    // A client that does not trust the certificate ends the connection.
    server.on('tlsClientError', () => {});
    await listen(0);
    const { port } = server.address() as AddressInfo;

    return {
        uri: `${options ? 'https' : 'http'}://127.0.0.1:${port}`,
        async shut() {
            if (!server.listening) return;
            const closed = once(server, 'close');

            server.close();
            for (const socket of sockets) socket.destroy();
            await closed;
        },
        open: () => listen(port)
    };
}
