'use strict';

const { setTimeout: wait } = require('node:timers/promises');
const { inspect, unlessGone } = require('./answers');
const { names } = require('./containers');
const { within } = require('./engine');
const { engineError } = require('./errors');
const { linesOf } = require('./lines');
const { Marks } = require('./marks');
const { Removal } = require('./removal');

/** @typedef {import('dockerode').ContainerInspectInfo} ContainerInspectInfo */
/** @typedef {{ build: ContainerInspectInfo | undefined, tools: ContainerInspectInfo | undefined }} Standing */

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
class Endings {
    #engine;
    #docker;
    #settings;
    #removal;

    /**
     * @param {import('./engine').Engine} engine
     * @param {import('./settings').Settings} settings
     * @param {AbortSignal} signal ends all that is asked of the engine
     */
    constructor(engine, settings, signal) {
        this.#engine = engine;
        this.#docker = engine.client(signal);
        this.#settings = settings;
        this.#removal = new Removal(this.#docker, engine.timeout);
        /** Which builds are being ended. */
        this.marks = new Marks(this.#docker, settings);
    }

    /**
     * Resolves once the engine has taken the order to end the build: it has sent TERM, or the build has ended. `end` is
     * what goes on then: the end, and the removal of all that stands there for it. Undefined where nothing runs.
     *
     * @param {number | string} buildId
     * @returns {Promise<{ end: Promise<void> } | undefined>}
     */
    async order(buildId) {
        const standing = await this.#standing(buildId);
        const { build } = standing;

        if (!build || !isUp(build)) return undefined;
        const listening = new AbortController();

        try {
            const sent = await this.#term(build, listening.signal);
            const stopped = this.#stop(build);
            const end = stopped.then(() => this.#tidy(buildId, standing));

            // Whoever gets it hears of it too.
            end.catch(() => {});
            await Promise.race([stopped, sent().catch(() => stopped)]);
            await this.marks.set(buildId);

            return { end };
        } finally {
            listening.abort();
        }
    }

    /**
     * Ends the build's launcher, and resolves when it has ended. Its container stays, for the reason to be read.
     *
     * @param {number | string} buildId
     */
    async end(buildId) {
        const { build } = await this.#standing(buildId);

        if (build) await this.#stop(build);
    }

    /**
     * Resolves once a build is gone that was being ended or removed, at once with `false` where it was neither.
     *
     * @param {number | string} buildId
     */
    async await(buildId) {
        if (await this.marks.has(buildId)) {
            await this.finish(buildId);

            return true;
        }
        const build = await inspect(this.#docker, names(this.#settings, buildId).build);

        if (build?.State.Status !== 'removing') return false;
        await this.#removal.byAnother(build.Id);

        return true;
    }

    /**
     * Resolves once a build is gone whose end was ordered elsewhere: does what is left to do, in case nobody else does.
     *
     * @param {number | string} buildId
     */
    async finish(buildId) {
        const standing = await this.#standing(buildId);
        const { build } = standing;

        if (build && isUp(build)) {
            // The engine has the order already: a second TERM would disturb what the build does to end.
            await this.#docker
                .getContainer(build.Id)
                .wait({ abortSignal: within(this.#limit(build)) })
                .catch(() => {});
            await this.#stop(build);
        }
        await this.#tidy(buildId, standing);
    }

    /**
     * Has the engine end a container, and resolves when it has.
     *
     * @param {ContainerInspectInfo} build
     */
    async #stop(build) {
        // Podman stops none that is paused.
        if (build.State.Paused)
            await this.#docker
                .getContainer(build.Id)
                .unpause()
                .catch(() => {});
        await unlessGone(this.#docker.getContainer(build.Id).stop({ abortSignal: within(this.#limit(build)) }));
    }

    /**
     * Milliseconds that an answer may take which comes when a container has ended, 0 for no end.
     *
     * @param {ContainerInspectInfo} build
     */
    #limit({ Config }) {
        const { StopTimeout = USUAL_GRACE } = /** @type {{ StopTimeout?: number }} */ (Config);
        const { timeout } = this.#engine;

        return timeout && timeout + StopTimeout * 1000;
    }

    /**
     * Listens for what the engine tells of the signals that it sends to a container. What it resolves with waits for TERM.
     *
     * @param {ContainerInspectInfo} build
     * @param {AbortSignal} signal
     * @returns {Promise<() => Promise<void>>}
     */
    async #term({ Id }, signal) {
        // It has no event for that, and a state instead.
        if (await this.#engine.isPodman(signal)) return () => this.#stopping(Id, signal);
        const filters = { event: ['kill'], container: [Id] };
        const events = await this.#docker.getEvents({ filters, abortSignal: signal }).catch(error => {
            throw engineError(error);
        });

        return () => termIn(events);
    }

    /**
     * @param {string} id
     * @param {AbortSignal} signal
     */
    async #stopping(id, signal) {
        while ((await inspect(this.#docker, id))?.State.Status !== 'stopping')
            await wait(LOOK_EVERY, undefined, { signal });
    }

    /**
     * By their ids: under their names there may be those of another start by then, and the volume may be in use by it.
     *
     * @param {number | string} buildId
     * @param {Standing} standing
     */
    async #tidy(buildId, { build, tools }) {
        const { volume } = names(this.#settings, buildId);

        await this.#removal.ofContainers([build, tools].flatMap(info => info?.Id ?? []));
        await this.#removal.ofVolume(volume);
        await this.marks.take(buildId);
    }

    /**
     * @param {number | string} buildId
     * @returns {Promise<Standing>}
     */
    async #standing(buildId) {
        const { build, tools } = names(this.#settings, buildId);
        const [buildInfo, toolsInfo] = await Promise.all([build, tools].map(name => inspect(this.#docker, name)));

        return { build: buildInfo, tools: toolsInfo };
    }
}

/**
 * Whether a container runs, also one that Podman has sent TERM.
 *
 * @param {ContainerInspectInfo} info
 */
function isUp({ State }) {
    return State.Running || State.Status === 'stopping';
}

/** @param {NodeJS.ReadableStream} events of one container */
async function termIn(events) {
    for await (const line of linesOf(events)) if (JSON.parse(line).Actor?.Attributes?.signal === TERM) return;
    throw new Error('the engine tells no more of its events');
}

module.exports = { Endings };
