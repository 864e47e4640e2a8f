import { describe } from './describe';
import { reseed } from './determinism';
import { startExecutor, startRouter, type Started } from '../executors';
import { OPERATIONS } from '../operations';
import type { Asked, Recorder } from '../engines/recorder';
import type { Load } from './load';

/** An observation as JSON: a call, a hook's call, a request, or a note of a scenario. */
export type Event = Record<string, any>;

/** What is done with an executor, keyed by title. */
export type Scenarios = Record<string, (recording: Recording) => unknown>;

/** What a scenario does with an executor, and everything that can be observed of it, in order. */
export class Recording {
    /** Requires a package from the tree. */
    readonly load: Load;
    readonly #closers: Array<() => Promise<unknown>> = [];
    readonly #servers: Recorder[] = [];
    #crash: (error: Error) => void = () => {};
    #requested = false;
    readonly events: Event[] = [];
    /** Whether to ignore the order of the requests from here on, because the scenario makes them concurrently. */
    unordered = false;

    constructor(load: Load) {
        this.load = load;
        reseed();
        process.on('uncaughtException', this.#onCrash);
        process.on('unhandledRejection', this.#onUnhandled);
    }

    /** Starts a published executor on its recording engine. */
    async executor(name: string, options?: object): Promise<Started> {
        const started = await (name === 'router' ? startRouter(this.load, options) : startExecutor(name, this.load));

        this.#closers.push(started.close);
        for (const server of [started.api, ...started.engines]) this.#watch(server);

        return started;
    }

    /** Calls a method and waits until it settles. */
    async call(executor: any, method: string, ...args: unknown[]): Promise<void> {
        const before = describe(args);
        let returned = 'threw';
        let event: Event;

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
    note(what: string, value: unknown): void {
        this.events.push({ noted: what, value: describe(value) });
    }

    /** Records every call of a hook, and whether the hook got the same object as the method. */
    watchHooks(executor: any, config?: unknown): void {
        for (const name of hooksOf(executor)) {
            const hook = executor[name];

            executor[name] = (...args: unknown[]) => {
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

    async close(): Promise<void> {
        await Promise.all(this.#closers.map(close => close()));
        process.off('uncaughtException', this.#onCrash);
        process.off('unhandledRejection', this.#onUnhandled);
    }

    /** After a failure, requests that were made concurrently with the failed one may still be repeated. */
    async #quiet(): Promise<void> {
        const count = () => this.events.length;
        let before = -1;

        while (count() !== before && this.#requested) {
            before = count();
            await new Promise(resolve => setTimeout(resolve, 40));
        }
        this.#requested = false;
    }

    /** Some failures of an engine end the process of a published executor. It behaves so on either base. */
    #unlessCrashed(promise: unknown): Promise<unknown> {
        const crashed = new Promise((_, reject) => {
            this.#crash = reject;
        });

        return Promise.race([promise, crashed]);
    }

    readonly #onCrash = (error: Error) => {
        this.note('the process would have ended', error);
        this.#crash(new Error('the process would have ended'));
    };

    readonly #onUnhandled = (error: unknown) => this.note('unhandled rejection', error);

    /** The events for comparison: without ports and dates, and with concurrent requests in a fixed order. */
    get trace(): Event[] {
        let text = JSON.stringify(this.events);

        for (const { host, port, name } of this.#servers) {
            text = text
                .replaceAll(host, `${name}.host`)
                .replaceAll(encodeURIComponent(host), `${name}.host`)
                .replaceAll(`"${port}"`, `"${name}.port"`);
            text = text.replace(new RegExp(`\\b${port}\\b`, 'g'), `0`);
        }
        text = text
            .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '[date]')
            .replace(/"averageTime":[\d.]+/g, '"averageTime":0');

        return sortConcurrent(JSON.parse(text));
    }

    #watch(server: Recorder): void {
        this.#servers.push(server);
        server.onRequest = ({ server: to, method, path, query, headers, body }: Asked) => {
            this.#requested = true;
            const { unordered } = this;

            this.events.push({ request: to, method, path, query, headers: { ...headers }, body, unordered });
        };
    }
}

function hooksOf(executor: any): string[] {
    return OPERATIONS.map(operation => `_${operation}`).filter(hook => typeof executor[hook] === 'function');
}

/** Two concurrent pulls or removals can arrive in either order. */
function sortConcurrent(events: Event[]): Event[] {
    const sorted: Event[] = [];
    let group: Event[] = [];
    const flush = () => {
        sorted.push(...group.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)));
        group = [];
    };
    const kind = ({ unordered, request, method, path }: Event) =>
        unordered || `${request} ${method} ${path.replace(/\d{64}/, 'id')}`;

    for (const event of events) {
        if (!event.request || (group[0] && kind(group[0]) !== kind(event))) flush();
        if (event.request) group.push(event);
        else sorted.push(event);
    }
    flush();

    return sorted;
}
