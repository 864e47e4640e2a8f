import { randomUUID } from 'node:crypto';
import { images } from '../images';
import { until } from '../support/until';
import { docker } from './engine';
import type { Readable } from 'node:stream';
import type { BuildId } from 'screwdriver-executor-base';

/** An event of the engine about a build's container. */
interface Event {
    Action: string;
    timeNano: number;
    Actor: { ID: string; Attributes: { name: string; 'screwdriver.build': string } };
}

/**
 * Counts, in the engine's own events, how often it has started containers of each build since the build's last container
 * was removed. The label names the build, whatever the container's name.
 */
export class Starts {
    /** In seconds, as the engine expects. */
    #since = Date.now() / 1000;
    #counts = new Map<string, number>();
    #most = 0;
    /** The counted events: Podman repeats its events after a restart, and Docker does not send them in order of time. */
    #seen = new Set<string>();
    #stream: Readable | undefined;

    /** Counts from now on. Another call goes on after a restart of the engine. */
    async follow() {
        const stream = (await docker.getEvents({
            since: this.#since,
            // Podman has another name for destroy.
            filters: { type: ['container'], event: ['start', 'destroy', 'remove'] }
        })) as Readable;
        let rest = '';

        this.#stream = stream;
        stream.setEncoding('utf8').on('data', (piece: string) => {
            const lines = (rest + piece).split('\n');

            rest = lines.pop() ?? '';
            for (const line of lines) this.#count(JSON.parse(line));
        });
        // The engine was killed, or the connection was closed.
        stream.on('error', () => {});
    }

    #count({ Action, Actor, timeNano }: Event) {
        const { 'screwdriver.build': build } = Actor.Attributes;

        const event = `${timeNano} ${Action} ${Actor.ID}`;

        if (build === undefined || this.#seen.has(event)) return;
        this.#seen.add(event);
        this.#counts.set(build, Action === 'start' ? this.of(build) + 1 : 0);
        this.#most = Math.max(this.#most, this.of(build));
    }

    /** Resolves once everything that the engine has done is counted: its events come in order. */
    async caughtUp() {
        const mark = randomUUID();
        const container = await docker.createContainer({
            Image: images.build('ok'),
            Cmd: ['true'],
            Labels: { 'screwdriver.build': mark }
        });

        await container.remove();
        await until('the events of the engine', () => this.#counts.has(mark));
    }

    /** The starts of a build since its last container was removed. */
    of(build: BuildId) {
        return this.#counts.get(String(build)) ?? 0;
    }

    /** The highest count that any build had at any time. */
    get most() {
        return this.#most;
    }

    close() {
        this.#stream?.destroy();
    }
}
