'use strict';

const { describe } = require('./describe');
const { reseed } = require('./determinism');
const { startExecutor, startRouter } = require('../executors');

/** What a scenario does with an executor, and everything that can be seen of it, in order. */
class Recording {
    #load;
    #closers = [];
    #servers = [];
    #crash = () => {};
    #requested = false;
    events = [];
    /** Whether the order of the requests from here on says nothing: the scenario makes them side by side. */
    unordered = false;

    constructor(load) {
        this.#load = load;
        reseed();
        process.on('uncaughtException', this.#onCrash);
        process.on('unhandledRejection', this.#onUnhandled);
    }

    /** Requires a package from the tree. */
    get load() {
        return this.#load;
    }

    /** Starts a published executor on its recording engine. */
    async executor(name, ...rest) {
        const started =
            name === 'router' ? await startRouter(this.#load, ...rest) : await startExecutor(name, this.#load);

        this.#closers.push(started.close);
        for (const server of [started.api, started.engine, ...Object.values(started.engines ?? {})]) {
            if (server) this.#watch(server);
        }

        return started;
    }

    /** Calls a method and waits until it has settled. */
    async call(executor, method, ...args) {
        const before = describe(args);
        let returned = 'threw';
        let event;

        try {
            const promise = executor[method](...args);

            returned = promise instanceof Promise ? 'a promise' : 'a value';
            event = { value: describe(await this.#unlessCrashed(promise)) };
        } catch (error) {
            event = { error: describe(error) };
        }
        if (event.error) await this.#quiet();
        this.events.push({ called: method, returned, ...event });
        const after = describe(args);

        if (JSON.stringify(before) !== JSON.stringify(after)) this.note('the config was changed', { before, after });
    }

    /** Records anything else. */
    note(what, value) {
        this.events.push({ noted: what, value: describe(value) });
    }

    /** Records every call of a hook: whether it got the very object that the method was given. */
    watchHooks(executor, config) {
        for (const name of hooksOf(executor)) {
            const hook = executor[name];

            executor[name] = (...args) => {
                this.events.push({
                    hook: name,
                    sameConfig: args[0] === config,
                    config: describe(args[0]),
                    more: args.slice(1).map(value => describe(value))
                });

                return hook.apply(executor, args);
            };
        }
    }

    async close() {
        await Promise.all(this.#closers.map(close => close()));
        process.off('uncaughtException', this.#onCrash);
        process.off('unhandledRejection', this.#onUnhandled);
    }

    /** After a failure, requests that were made side by side with the failed one may still be repeated. */
    async #quiet() {
        const count = () => this.events.length;
        let before = -1;

        while (count() !== before && this.#requested) {
            before = count();
            await new Promise(resolve => setTimeout(resolve, 40));
        }
        this.#requested = false;
    }

    /** Some failures of an engine end the process of a published executor: that is its behaviour, on either base. */
    #unlessCrashed(promise) {
        const crashed = new Promise((resolve, reject) => {
            this.#crash = reject;
        });

        return Promise.race([promise, crashed]);
    }

    #onCrash = error => {
        this.note('the process would have ended', error);
        this.#crash(new Error('the process would have ended'));
    };

    #onUnhandled = error => this.note('unhandled rejection', error);

    /** The events as they can be compared: without ports and dates; requests made side by side in one order. */
    get trace() {
        const known = this.#servers.map(({ host, port, name }) => [host, port, name]);
        let text = JSON.stringify(this.events);

        for (const [host, port, name] of known) {
            text = text
                .replaceAll(host, `${name}.host`)
                .replaceAll(encodeURIComponent(host), `${name}.host`)
                .replaceAll(`"${port}"`, `"${name}.port"`);
            text = text.replace(new RegExp(`\\b${port}\\b`, 'g'), `0`);
        }
        text = text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '[date]');

        text = text.replace(/"averageTime":[\d.]+/g, '"averageTime":0');

        return sortConcurrent(JSON.parse(text));
    }

    #watch(server) {
        this.#servers.push(server);
        server.onRequest = ({ server: to, method, path, query, headers, body }) => {
            this.#requested = true;
            const { unordered } = this;

            this.events.push({ request: to, method, path, query, headers: { ...headers }, body, unordered });
        };
    }
}

function hooksOf(executor) {
    const operations = [
        'start',
        'stop',
        'verify',
        'status',
        'startTimer',
        'stopTimer',
        'startPeriodic',
        'stopPeriodic'
    ];

    return [...operations, 'startFrozen', 'stopFrozen', 'unzipArtifacts', 'enqueueWebhook', 'cleanUp']
        .map(operation => `_${operation}`)
        .filter(hook => typeof executor[hook] === 'function');
}

/** Two pulls or removals that are under way together can arrive in either order. */
function sortConcurrent(events) {
    const sorted = [];
    let group = [];
    const flush = () => {
        sorted.push(...group.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)));
        group = [];
    };
    const kind = ({ unordered, request, method, path }) =>
        unordered || `${request} ${method} ${path.replace(/\d{64}/, 'id')}`;

    for (const event of events) {
        if (!event.request || (group[0] && kind(group[0]) !== kind(event))) flush();
        if (event.request) group.push(event);
        else sorted.push(event);
    }
    flush();

    return sorted;
}

module.exports = { Recording };
