import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { State, Task } from '../lib/engine';

/** Replaces {{name}} in the tests: a server that keeps containers in memory and can inject faults. */
export class EngineServer {
    readonly containers = new Map<string, Task & State>();
    /** Whether it accepts requests without answering them. */
    silent = false;
    /** The answers to the next requests: a status and a text. */
    readonly failures: [status: number, told: string][] = [];
    requests = 0;
    readonly #server = createServer((request, response) => void this.#answer(request, response));

    static async start(): Promise<EngineServer> {
        const engine = new EngineServer();

        engine.#server.listen(0, '127.0.0.1');
        await once(engine.#server, 'listening');

        return engine;
    }

    get uri(): string {
        return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    }

    close(): void {
        this.#server.close();
        this.#server.closeAllConnections();
    }

    async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const name = decodeURIComponent(request.url!.slice('/containers/'.length));
        const body = await text(request);
        const failure = this.failures.shift();

        this.requests += 1;
        if (this.silent) return;
        if (failure) return void response.writeHead(failure[0]).end(failure[1]);
        if (request.method === 'PUT' && !this.containers.has(name)) {
            this.containers.set(name, { ...(JSON.parse(body) as Task), phase: 'running' });
        }
        const container = this.containers.get(name);

        if (!container) return void response.writeHead(404).end();
        if (request.method === 'DELETE') this.containers.delete(name);
        const { phase, exitCode, reason } = container;

        response.end(JSON.stringify({ phase, exitCode, reason }));
    }
}

/** An address where nothing listens. */
export async function deadUri(): Promise<string> {
    const engine = await EngineServer.start();
    const { uri } = engine;

    engine.close();

    return uri;
}
