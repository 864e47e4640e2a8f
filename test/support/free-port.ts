import { once } from 'node:events';
import net = require('node:net');

/** A port that was free a moment ago, for whatever has to be told its port before it listens. */
export async function freePort(): Promise<number> {
    const server = net.createServer().listen(0, '127.0.0.1');

    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;

    server.close();
    await once(server, 'close');

    return port;
}
