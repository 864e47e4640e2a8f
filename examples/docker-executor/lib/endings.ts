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

/** Seconds between TERM and KILL for a container that was made without a word on it. */
const USUAL_GRACE = 10;
/** Milliseconds between looks at a container that is to be sent TERM. */
const LOOK_EVERY = 50;
/** SIGTERM, as the engine's events name it. */
const TERM = '15';

/**
 * The ends of builds that run. The engine carries them out, with or without the client that has ordered them: TERM, then
 * KILL after the time that the container was made with. What goes on after an answer is marked on the engine, so that
 * another executor can take away what the one before has left.
 */
export class Endings {
    /** Which builds are being ended. */
    readonly marks: Marks;
    #engine;
    #docker;
    #settings;
    #openers;
    #removal;

    /** @param signal ends all that is asked of the engine */
    constructor(engine: Engine, settings: Settings, signal: AbortSignal) {
        this.#engine = engine;
        this.#docker = engine.client(signal);
        this.#settings = settings;
        this.#openers = new Openers(engine, settings, signal);
        this.#removal = new Removal(this.#docker, engine.timeout);
        this.marks = new Marks(this.#docker, settings);
    }

    /**
     * Resolves once the engine has taken the order to end the build: it has sent TERM, or the build has ended. `end` is
     * what goes on then: the end, and the removal of all that stands there for it. Undefined where nothing runs.
     */
    async order(buildId: number | string): Promise<{ end: Promise<void> } | undefined> {
        const build = await this.#look(buildId);

        if (!build || !isUp(build)) return undefined;
        const listening = new AbortController();

        try {
            const sent = await this.#term(build, listening.signal);
            const stopped = this.#stop(build);
            const end = stopped.then(() => this.#tidy(buildId, build));

            // Whoever gets it hears of it too.
            end.catch(() => {});
            await Promise.race([stopped, sent().catch(() => stopped)]);
            await this.marks.set(buildId);

            return { end };
        } finally {
            listening.abort();
        }
    }

    /** Ends the build's launcher, and resolves when it has ended. Its container stays, for the reason to be read. */
    async end(buildId: number | string) {
        const build = await this.#look(buildId);

        if (build) await this.#stop(build);
    }

    /** Resolves once a build is gone that was being ended or removed, at once with `false` where it was neither. */
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
     * Resolves once a build is gone whose end was ordered elsewhere: does what is left to do, in case nobody else does.
     */
    async finish(buildId: number | string) {
        const build = await this.#look(buildId);

        if (build && isUp(build)) {
            // The engine has the order already: a second TERM would disturb what the build does to end.
            await this.#docker
                .getContainer(build.Id)
                .wait({ abortSignal: within(this.#limit(build)) })
                .catch(() => {});
            await this.#stop(build);
        }
        await this.#tidy(buildId, build);
    }

    /** Has the engine end a container, and resolves when it has. */
    async #stop(build: ContainerInspectInfo) {
        // Podman stops none that is paused.
        if (build.State.Paused)
            await this.#docker
                .getContainer(build.Id)
                .unpause()
                .catch(() => {});
        await unlessGone(this.#docker.getContainer(build.Id).stop({ abortSignal: within(this.#limit(build)) }));
    }

    /** Milliseconds that an answer may take which comes when a container has ended, 0 for no end. */
    #limit({ Config }: ContainerInspectInfo) {
        const { StopTimeout = USUAL_GRACE } = Config as { StopTimeout?: number };
        const { timeout } = this.#engine;

        return timeout && timeout + StopTimeout * 1000;
    }

    /**
     * Listens for what the engine tells of the signals that it sends to a container. What it resolves with waits for TERM.
     */
    async #term({ Id }: ContainerInspectInfo, signal: AbortSignal): Promise<() => Promise<void>> {
        // It has no event for that, and a state instead.
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

    /** By its id: under its name there may be that of another start by then. */
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

/** Whether a container runs, also one that Podman has sent TERM. */
function isUp({ State }: ContainerInspectInfo) {
    return State.Running || State.Status === 'stopping';
}
/** What the engine tells of a signal. */
type KillEvent = { Actor?: { Attributes?: { signal?: string } } };

/** @param events of one container */
async function termIn(events: NodeJS.ReadableStream) {
    for await (const line of linesOf(events))
        if ((JSON.parse(line) as KillEvent).Actor?.Attributes?.signal === TERM) return;
    throw new Error('the engine has ended its stream of events');
}
