// Runs a recording engine in a separate process, since the kit checks what keeps the executor's process alive.
// Messages: { start: name } answers { port, host, uri }; { seen: buildId } answers what the engine received.

import { once } from 'node:events';
import net = require('node:net');
import { EXECUTORS } from '../executors';
import type { Recorder } from '../engines/recorder';

/** The parts that everybody on an engine can read: commands, arguments, labels, scripts. Not the environment. */
const READABLE = /^(?:cmd|entrypoint|command|args|labels|embeddedtmpl|query)$/i;

let engine: Pick<Recorder, 'port' | 'host' | 'uri' | 'requests'>;

/** An engine that accepts connections and never answers. */
async function startSilence() {
    const sockets = new Set<net.Socket>();
    const server = net.createServer(socket => sockets.add(socket.on('error', () => {})));

    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as net.AddressInfo;

    return { port, host: `127.0.0.1:${port}`, uri: `http://127.0.0.1:${port}`, requests: [] };
}

function readable(value: unknown, isReadable = false): unknown[] {
    if (typeof value !== 'object' || value === null) return isReadable ? [value] : [];

    return Object.entries(value).flatMap(([key, inner]) => readable(inner, isReadable || READABLE.test(key)));
}

process.on('message', async ({ start, silent, seen }: any) => {
    if (start) {
        engine = silent ? await startSilence() : await EXECUTORS[start]!.startEngine();
        const { port, host, uri } = engine;

        process.send!({ port, host, uri });
    }
    if (seen) process.send!({ seen: engine.requests.flatMap(({ query, body }) => readable({ query, body })) });
});
process.once('disconnect', () => process.exit());
