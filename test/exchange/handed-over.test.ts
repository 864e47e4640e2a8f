import { once } from 'node:events';
import { createServer, Agent, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import Executor, { type StartConfig, type StartContext, type StopContext } from 'screwdriver-executor-base';
import { startConfig, stopConfig } from 'screwdriver-executor-base/testing';
import { executorWith, rejection, type PublicExecutor } from '../support/executors';
import { freshBuild } from './fresh-build';

const REASON = 'The node was taken away.';

type Work = (this: Engine, config: StartConfig, context: StartContext) => Promise<unknown>;

/** Its start continues with work after it has resolved with false. */
class Engine extends Executor {
    static override readonly callsInTurn: boolean = true;
    stops = 0;

    constructor(readonly work: Work) {
        super();
    }

    protected override _start(config: StartConfig, context: StartContext): unknown {
        context.waitUntil(this.work(config, context));

        return false;
    }

    protected override _stop(): void {
        this.stops += 1;
    }

    protected override _cleanUp(): Promise<void> {
        return this.shutDown([], 5_000);
    }
}

class OutOfTurn extends Engine {
    static override readonly callsInTurn: boolean = false;
}

const fails = (message = REASON) => Promise.reject(Object.assign(new Error('no node'), { userMessage: message }));

describe('work that a start has passed to waitUntil', () => {
    const build = freshBuild();
    const begin = (executor: PublicExecutor | Engine, overrides = {}) =>
        executor.start(startConfig(build.api, { buildId: build.id, ...overrides }));

    for (const Class of [Engine, OutOfTurn]) {
        it(`is reported if it fails, and the shutdown waits for that: ${Class.name}`, async () => {
            const engine = new Class(() => fails());

            expect(await begin(engine)).to.equal(false);
            await build.isAsked();
            await engine.cleanUp();
            expect(build.api.builds.get(build.id)).to.include({ status: 'FAILURE', statusMessage: REASON });
        });

        it(`is aborted at once by a shutdown, and not reported: ${Class.name}`, async () => {
            const engine = new Class((_config, { signal }) => once(signal, 'abort').then(() => fails()));
            const begun = performance.now();

            await begin(engine);
            await engine.cleanUp();
            expect(performance.now() - begun).to.be.below(3_000);
            expect(build.asked()).to.deep.equal([]);
        });
    }

    for (const userMessage of [undefined, '', 7]) {
        it(`is reported with its message if its userMessage is ${JSON.stringify(userMessage)}`, async () => {
            const engine = new Engine(() => Promise.reject(Object.assign(new Error('no node'), { userMessage })));

            await begin(engine);
            await build.isAsked();
            await engine.cleanUp();
            expect(build.api.builds.get(build.id)!.statusMessage).to.equal('no node');
        });
    }

    it('is reported with a general reason if it has no message', async () => {
        const engine = new Engine(() => Promise.reject(new Error('')));

        await begin(engine);
        await build.isAsked();
        await engine.cleanUp();
        expect(build.api.builds.get(build.id)!.statusMessage).to.equal('The build has not come up.');
    });

    it('is reported if it fails while the hook of the start still runs', async () => {
        const engine = new Engine(() => fails());

        Object.assign(engine, {
            async _start(config: StartConfig, context: StartContext) {
                context.waitUntil(fails());
                await new Promise(resolve => setTimeout(resolve, 30));
                expect(build.asked()).to.deep.equal([]);

                return false;
            }
        });
        expect(await begin(engine)).to.equal(false);
        await build.isAsked();
        await engine.cleanUp();
        expect(build.api.builds.get(build.id)!.statusMessage).to.equal(REASON);
    });

    it('is reported once, whatever else fails', async () => {
        const engine = new Engine((_config, { waitUntil }) => {
            waitUntil(fails());

            return fails();
        });

        await begin(engine);
        await build.isAsked();
        await engine.cleanUp();
        expect(build.asked()).to.deep.equal(['POST', 'PUT']);
    });

    it('is not reported if the start itself has failed', async () => {
        const executor = executorWith({
            _start(_config: StartConfig, { waitUntil }: StartContext) {
                waitUntil(fails());
                throw new Error('heard of');
            }
        });

        expect(await rejection(begin(executor))).to.include({ message: 'heard of' });
        await new Promise(setImmediate);
        expect(build.asked()).to.deep.equal([]);
    });

    it('is not reported if a stop has aborted it', async () => {
        const engine = new Engine((_config, { signal }) => once(signal, 'abort').then(() => fails()));

        await begin(engine);
        await engine.stop(stopConfig(build.api, { buildId: build.id }));
        await engine.cleanUp();
        expect(engine.stops).to.equal(1);
        expect(build.asked()).to.deep.equal([]);
    });

    it('is aborted at once if its start resolves during the shutdown, and not reported', async () => {
        const engine = new Engine(() => Promise.resolve());
        const begun = performance.now();

        Object.assign(engine, {
            async _start(_config: StartConfig, { signal, waitUntil }: StartContext) {
                await new Promise(resolve => setTimeout(resolve, 30));
                waitUntil(once(signal, 'abort').then(() => fails()));

                return false;
            }
        });
        const started = begin(engine);

        await engine.cleanUp();
        expect(performance.now() - begun).to.be.below(3_000);
        expect(await started).to.equal(false);
        expect(build.asked()).to.deep.equal([]);
    });

    it('is not aborted by a shutdown that was over when its start was called', async () => {
        let isAborted: boolean | undefined;
        const engine = new OutOfTurn(async (_config, { signal }) => {
            await new Promise(setImmediate);
            isAborted = signal.aborted;
        });

        await engine.cleanUp();
        await begin(engine);
        while (isAborted === undefined) await new Promise(setImmediate);
        expect(isAborted).to.equal(false);
    });

    it('is not reported if it belongs to a stop', async () => {
        const engine = new Engine(() => Promise.resolve());

        Object.assign(engine, { _stop: (_config: unknown, context: StopContext) => context.waitUntil(fails()) });
        await engine.stop(stopConfig(build.api, { buildId: build.id }));
        await engine.cleanUp();
        expect(build.asked()).to.deep.equal([]);
    });

    it('is reported over the connection of its last exchange', async () => {
        let used = 0;
        const agent = new Agent({ keepAlive: true });
        const engine = new Engine(async function (config) {
            await this.exchangeTokenForBuild(config, 90, { agent });
            used = build.api.requests.length;
            throw new Error('no node');
        });
        let requests = 0;

        agent.on('free', () => (requests += 1));
        await begin(engine);
        await build.isAsked(3);
        await engine.cleanUp();
        agent.destroy();
        expect(used).to.equal(1);
        expect(build.api.builds.get(build.id)!.status).to.equal('FAILURE');
        expect(requests).to.equal(3);
    });

    it('becomes a warning with the id of the build if the report fails', async () => {
        const engine = new Engine(() => fails());
        const warned = once(process, 'warning') as Promise<[Error]>;

        build.api.failNext(401);
        await begin(engine);
        const [{ name, message }] = await warned;

        expect(name).to.equal('ExecutorWarning');
        expect(message).to.match(new RegExp(`^Build ${build.id} has not come up. Failed to report`));
        await engine.cleanUp();
    });
});

/** A proxy in front of the API that stops a build before it answers the report of its end, as the real API does. */
async function startStoppingApi(apiUri: string, stop: () => Promise<unknown>): Promise<Server> {
    const server = createServer((request, response) => {
        void (async () => {
            const { method = '', url = '', headers } = request;
            const body = await text(request);

            if (method === 'PUT') await stop();
            const answer = await fetch(`${apiUri}${url}`, {
                method,
                headers: { authorization: String(headers.authorization), 'content-type': 'application/json' },
                ...(body && { body })
            });

            response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
        })();
    });

    server.listen(0, '127.0.0.1');
    await once(server, 'listening');

    return server;
}

describe('an API that stops a build before it answers a report of its end', () => {
    const build = freshBuild();

    it('gets an answer from an executor whose start continues with other work', async () => {
        const other = new Promise<void>(resolve => setTimeout(resolve, 100));
        const engine: Engine = new Engine((_config, { waitUntil }) => {
            waitUntil(other);

            return fails();
        });
        const server = await startStoppingApi(build.api.uri, () =>
            engine.stop(stopConfig(build.api, { buildId: build.id }))
        );
        const apiUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const begun = performance.now();

        try {
            await engine.start(startConfig(build.api, { buildId: build.id, apiUri }));
            await build.isAsked();
            await engine.cleanUp();
            expect(build.api.builds.get(build.id)!.status).to.equal('FAILURE');
            expect(engine.stops).to.equal(1);
            expect(performance.now() - begun).to.be.below(4_000);
        } finally {
            server.closeAllConnections();
            server.close();
        }
    });
});
