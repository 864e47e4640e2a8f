import { setTimeout as wait } from 'node:timers/promises';
import { inspect, unlessGone } from './answers';
import { names } from './containers';
import { within, type Engine } from './engine';
import { engineError } from './errors';
import { linesOf } from './lines';
import { Marks } from './marks';
import { Openers } from './openers';
import { Removal } from './removal';
import type Docker = require('dockerode');
import type { Settings } from './settings';

type ContainerInspectInfo = Docker.ContainerInspectInfo;

/** Seconds between TERM and KILL for a container that does not set them. */
const USUAL_GRACE = 10;
/** Milliseconds between looks at a container that should get TERM. */
const LOOK_EVERY = 50;
/** SIGTERM, as the engine's events name it. */
const TERM = '15';

/**
 * The ends of running builds. The engine carries them out, with or without the client that has ordered them: TERM, then
 * KILL after the time that the container was created with. What goes on after an answer is marked on the engine, so that
 * another executor can remove what the previous one has left.
 */
export class Endings {
    /** Which builds are being ended. */
    readonly marks: Marks;
    #engine;
    #docker;
    #settings;
    #openers;
    #removal;

    /** @param signal ends all requests to the engine */
    constructor(engine: Engine, settings: Settings, signal: AbortSignal) {
        this.#engine = engine;
        this.#docker = engine.client(signal);
        this.#settings = settings;
        this.#openers = new Openers(engine, settings, signal);
        this.#removal = new Removal(this.#docker, engine.timeout);
        this.marks = new Marks(this.#docker, settings);
    }

    /**
     * Resolves once the engine has accepted the order to end the build: it has sent TERM, or the build has ended. `end`
     * resolves after the end and the removal of everything of the build. Undefined if nothing runs.
     */
    async order(buildId: number | string): Promise<{ end: Promise<void> } | undefined> {
        const build = await this.#look(buildId);

        if (!build || !isUp(build)) return undefined;
        const listening = new AbortController();

        try {
            const sent = await this.#term(build, listening.signal);
            const stopped = this.#stop(build);
            const end = stopped.then(() => this.#tidy(buildId, build));

            // Whoever gets `end` sees its failure, too.
            end.catch(() => {});
            await Promise.race([stopped, sent().catch(() => stopped)]);
            await this.marks.set(buildId);

            return { end };
        } finally {
            listening.abort();
        }
    }

    /** Ends the build's launcher, and resolves when it has ended. Its container stays, so that the reason can be read. */
    async end(buildId: number | string) {
        const build = await this.#look(buildId);

        if (build) await this.#stop(build);
    }

    /** Resolves once a build that was being ended or removed is gone, at once with `false` if it was neither. */
    async await(buildId: number | string) {
        if (await this.marks.has(buildId)) {
            await this.finish(buildId);

            return true;
        }
        const build = await this.#look(buildId);

        if (build?.State.Status !== 'removing') return false;
        await this.#removal.byAnother(build.Id);

        return true;
    }

    /**
     * Resolves once a build whose end was ordered elsewhere is gone. Does what is left to do, in case nobody else does.
     */
    async finish(buildId: number | string) {
        const build = await this.#look(buildId);

        if (build && isUp(build)) {
            // The engine has the order already: a second TERM would disturb the build while it ends.
            await this.#docker
                .getContainer(build.Id)
                .wait({ abortSignal: within(this.#limit(build)) })
                .catch(() => {});
            await this.#stop(build);
        }
        await this.#tidy(buildId, build);
    }

    /** Makes the engine end a container, and resolves when it has ended. */
    async #stop(build: ContainerInspectInfo) {
        // Podman does not stop a paused container.
        if (build.State.Paused)
            await this.#docker
                .getContainer(build.Id)
                .unpause()
                .catch(() => {});
        await unlessGone(this.#docker.getContainer(build.Id).stop({ abortSignal: within(this.#limit(build)) }));
    }

    /** Milliseconds for an answer that comes when a container has ended, 0 for no limit. */
    #limit({ Config }: ContainerInspectInfo) {
        const { StopTimeout = USUAL_GRACE } = Config as { StopTimeout?: number };
        const { timeout } = this.#engine;

        return timeout && timeout + StopTimeout * 1000;
    }

    /**
     * Listens to the engine's events about signals to a container. Resolves with a function that waits for TERM.
     */
    async #term({ Id }: ContainerInspectInfo, signal: AbortSignal): Promise<() => Promise<void>> {
        // Podman has a state for that instead of an event.
        if (await this.#engine.isPodman(signal)) return () => this.#stopping(Id, signal);
        const filters = { event: ['kill'], container: [Id] };
        const abortSignal = AbortSignal.any([signal, within(this.#engine.timeout)]);
        const events = await this.#docker.getEvents({ filters, abortSignal }).catch(error => {
            throw engineError(error);
        });

        return () => termIn(events);
    }

    async #stopping(id: string, signal: AbortSignal) {
        while ((await inspect(this.#docker, id))?.State.Status !== 'stopping')
            await wait(LOOK_EVERY, undefined, { signal });
    }

    /** Removes the container by its id, since its name may belong to another start by then. */
    async #tidy(buildId: number | string, build: ContainerInspectInfo | undefined) {
        if (build) await this.#removal.ofContainers([build.Id]);
        await this.#removal.ofVolume(names(this.#settings, buildId).starting);
        await this.#openers.ofBuild(buildId);
        await this.marks.take(buildId);
    }

    #look(buildId: number | string) {
        return inspect(this.#docker, names(this.#settings, buildId).build);
    }
}

/** Whether a container runs, including one to which Podman has sent TERM. */
function isUp({ State }: ContainerInspectInfo) {
    return State.Running || State.Status === 'stopping';
}
/** The engine's event about a signal. */
type KillEvent = { Actor?: { Attributes?: { signal?: string } } };

/** @param events of one container */
async function termIn(events: NodeJS.ReadableStream) {
    for await (const line of linesOf(events))
        if ((JSON.parse(line) as KillEvent).Actor?.Attributes?.signal === TERM) return;
    throw new Error('the engine has ended its stream of events');
}
