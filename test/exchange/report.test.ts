import { once } from 'node:events';
import { createServer, Agent, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import Executor, { type StartConfig, type StartContext } from 'screwdriver-executor-base';
import { startTokenApi, stopConfig, startConfig, type TokenApi } from 'screwdriver-executor-base/testing';
import { executorWith, rejection, type PublicExecutor } from '../support/executors';

const REASON = 'The node was taken away.';

let api: TokenApi;
let buildId = 500;

beforeEach(async () => {
    api = await startTokenApi();
    buildId += 1;
});

afterEach(() => api.close());

const config = () => ({ apiUri: api.uri, buildId, token: api.temporalToken(buildId) });

/** With the build's own token, in a status. */
async function running(status: string): Promise<ReturnType<typeof config>> {
    const temporal = config();
    const token = await executorWith({}).exchangeTokenForBuild(temporal);

    api.builds.get(buildId)!.status = status;
    api.requests.length = 0;

    return { ...temporal, token };
}

const asked = () => api.requests.map(({ method }) => method);

/** Resolves when so many requests have come in. */
async function asksTheApi(count = 1): Promise<void> {
    while (api.requests.length < count) await new Promise(resolve => setTimeout(resolve, 5));
}

describe('reportFailure', () => {
    const executor = executorWith({});

    for (const status of ['QUEUED', 'BLOCKED', 'FROZEN', 'RUNNING']) {
        it(`makes a build a FAILURE that is ${status}`, async () => {
            expect(await executor.reportFailure(await running(status), REASON)).to.equal(true);
            expect(api.builds.get(buildId)).to.include({ status: 'FAILURE', statusMessage: REASON });
            expect(asked()).to.deep.equal(['GET', 'PUT']);
            expect(JSON.parse(api.requests[1]!.body)).to.have.keys('status', 'statusMessage');
        });
    }

    for (const status of ['SUCCESS', 'FAILURE', 'ABORTED', 'UNSTABLE']) {
        it(`leaves a build alone that is ${status}`, async () => {
            expect(await executor.reportFailure(await running(status), REASON)).to.equal(false);
            expect(asked()).to.deep.equal(['GET']);
        });
    }

    it('finds out by an exchange whether a build still waits, with a temporal token', async () => {
        expect(await executor.reportFailure(config(), REASON)).to.equal(true);
        expect(api.builds.get(buildId)).to.include({ status: 'FAILURE', statusMessage: REASON });
        expect(await executor.reportFailure(config(), REASON)).to.equal(false);
        expect(asked()).to.deep.equal(['POST', 'PUT', 'POST']);
    });

    it('has nothing to report for a build that has ended in between', async () => {
        const given = await running('RUNNING');

        api.failNext({ status: 200, body: '{"status":"RUNNING"}' }, 403);
        expect(await executor.reportFailure(given, REASON)).to.equal(false);
    });

    it('tries again', async () => {
        api.failNext('reset', 503);
        expect(await executor.reportFailure(config(), REASON)).to.equal(true);
        expect(asked()).to.deep.equal(['POST', 'POST', 'POST', 'PUT']);
    });

    it('rejects where the API does not take it in time', async () => {
        api.failNext('hang');
        const error = await rejection(executor.reportFailure(config(), REASON, { deadline: 50 }));

        expect(error).to.include({ code: 'EXECUTOR_REPORT', kind: 'timeout', retryable: true, attempts: 1 });
        expect(error.userMessage).to.match(/Stop the build\.$/);
    });

    it('rejects where the API refuses to show the build, or to change it', async () => {
        for (const before of [[], [{ status: 200, body: '{"status":"RUNNING"}' }]]) {
            const given = await running('RUNNING');

            api.failNext(...before, 404);
            const error = await rejection(executor.reportFailure(given, REASON));

            expect(error).to.include({ code: 'EXECUTOR_REPORT', retryable: false, statusCode: 404, attempts: 1 });
            expect(asked()).to.deep.equal(['GET', 'PUT'].slice(0, before.length + 1));
            buildId += 1;
        }
    });

    it('rejects at once where no further try can help', async () => {
        const { token, ...rest } = config();

        api.failNext({ status: 401, body: JSON.stringify({ message: token }) });
        const error = await rejection(executor.reportFailure({ ...rest, token }, REASON));

        expect(error).to.include({
            code: 'EXECUTOR_REPORT',
            kind: 'authentication',
            retryable: false,
            statusCode: 401
        });
        expect(inspect(error, { depth: null, showHidden: true })).to.not.include(token.slice(-20));
    });

    it('shows no token to the owner of the build', async () => {
        const given = config();

        await executor.reportFailure(given, `refused: ${given.token}`);
        expect(api.builds.get(buildId)!.statusMessage).to.equal('refused: ***');
    });

    it('refuses what it cannot report, with nothing sent', async () => {
        expect(await rejection(executor.reportFailure({ ...config(), buildId: 0 }, REASON))).to.include({
            isJoi: true
        });
        expect(await rejection(executor.reportFailure(config(), ''))).to.be.instanceOf(TypeError);
        expect(await rejection(executor.reportFailure(config(), undefined as unknown as string))).to.be.instanceOf(
            TypeError
        );
        const scoped = { ...config(), token: api.temporalToken(buildId, { scope: ['sdapi'] }) };

        expect(await rejection(executor.reportFailure(scoped, REASON))).to.include({ code: 'EXECUTOR_TOKEN_SCOPE' });
        expect(api.requests).to.deep.equal([]);
    });

    it('takes a callback in the last place, and in that of the options', async () => {
        const results: unknown[] = [];

        await executor.reportFailure(config(), REASON, (_error, result) => results.push(result));
        await executor.reportFailure(config(), REASON, {}, (_error, result) => results.push(result));
        await new Promise(setImmediate);
        expect(results).to.deep.equal([true, false]);
    });
});

type Work = (this: Engine, config: StartConfig, context: StartContext) => Promise<unknown>;

/** Its start goes on with work after it has resolved false. */
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

describe('work that a start has handed over', () => {
    const begin = (executor: PublicExecutor | Engine, overrides = {}) =>
        executor.start(startConfig(api, { buildId, ...overrides }));

    for (const Class of [Engine, OutOfTurn]) {
        it(`is reported where it fails, and the shutdown waits for that: ${Class.name}`, async () => {
            const engine = new Class(() => fails());

            expect(await begin(engine)).to.equal(false);
            await asksTheApi();
            await engine.cleanUp();
            expect(api.builds.get(buildId)).to.include({ status: 'FAILURE', statusMessage: REASON });
        });

        it(`is aborted at once by a shutdown, and not reported: ${Class.name}`, async () => {
            const engine = new Class((_config, { signal }) => once(signal, 'abort').then(() => fails()));
            const begun = performance.now();

            await begin(engine);
            await engine.cleanUp();
            expect(performance.now() - begun).to.be.below(3_000);
            expect(asked()).to.deep.equal([]);
        });
    }

    it('is reported in the words of its message where it has none for the owner', async () => {
        const engine = new Engine(() => Promise.reject(new Error('no node')));

        await begin(engine);
        await asksTheApi();
        await engine.cleanUp();
        expect(api.builds.get(buildId)!.statusMessage).to.equal('no node');
    });

    it('is reported in general words where it has none at all', async () => {
        const engine = new Engine(() => Promise.reject(new Error('')));

        await begin(engine);
        await asksTheApi();
        await engine.cleanUp();
        expect(api.builds.get(buildId)!.statusMessage).to.equal('The build has not come up.');
    });

    it('is reported once, whatever else fails', async () => {
        const engine = new Engine((_config, { waitUntil }) => {
            waitUntil(fails());

            return fails();
        });

        await begin(engine);
        await asksTheApi();
        await engine.cleanUp();
        expect(asked()).to.deep.equal(['POST', 'PUT']);
    });

    it('is not reported where the start itself has failed', async () => {
        const executor = executorWith({
            _start(_config: StartConfig, { waitUntil }: StartContext) {
                waitUntil(fails());
                throw new Error('heard of');
            }
        });

        expect(await rejection(begin(executor))).to.include({ message: 'heard of' });
        await new Promise(setImmediate);
        expect(asked()).to.deep.equal([]);
    });

    it('is not reported where a stop has aborted it', async () => {
        const engine = new Engine((_config, { signal }) => once(signal, 'abort').then(() => fails()));

        await begin(engine);
        await engine.stop(stopConfig(api, { buildId }));
        await engine.cleanUp();
        expect(engine.stops).to.equal(1);
        expect(asked()).to.deep.equal([]);
    });

    it('is reported by the way of its last exchange', async () => {
        let used = 0;
        const agent = new Agent({ keepAlive: true });
        const engine = new Engine(async function (config) {
            await this.exchangeTokenForBuild(config, 90, { agent });
            used = api.requests.length;
            throw new Error('no node');
        });
        let requests = 0;

        agent.on('free', () => (requests += 1));
        await begin(engine);
        await asksTheApi(3);
        await engine.cleanUp();
        agent.destroy();
        expect(used).to.equal(1);
        expect(api.builds.get(buildId)!.status).to.equal('FAILURE');
        expect(requests).to.equal(3);
    });

    it('is a warning with the id of the build where the API cannot be told', async () => {
        const engine = new Engine(() => fails());
        const warned = once(process, 'warning') as Promise<[Error]>;

        api.failNext(401);
        await begin(engine);
        const [{ name, message }] = await warned;

        expect(name).to.equal('ExecutorWarning');
        expect(message).to.match(new RegExp(`^Build ${buildId} has not come up. Failed to report`));
        await engine.cleanUp();
    });
});

/** Stands before the API as the API itself does: it stops a build before it answers the report of its end. */
async function startStoppingApi(stop: () => Promise<unknown>): Promise<Server> {
    const server = createServer((request, response) => {
        void (async () => {
            const { method = '', url = '', headers } = request;
            const body = await text(request);

            if (method === 'PUT') await stop();
            const answer = await fetch(`${api.uri}${url}`, {
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
    it('is answered by an executor whose start goes on with other work', async () => {
        const other = new Promise<void>(resolve => setTimeout(resolve, 100));
        const engine: Engine = new Engine((_config, { waitUntil }) => {
            waitUntil(other);

            return fails();
        });
        const server = await startStoppingApi(() => engine.stop(stopConfig(api, { buildId })));
        const apiUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const begun = performance.now();

        try {
            await engine.start(startConfig(api, { buildId, apiUri }));
            await asksTheApi();
            await engine.cleanUp();
            expect(api.builds.get(buildId)!.status).to.equal('FAILURE');
            expect(engine.stops).to.equal(1);
            expect(performance.now() - begun).to.be.below(4_000);
        } finally {
            server.closeAllConnections();
            server.close();
        }
    });
});
