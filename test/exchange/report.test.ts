import { Agent } from 'node:http';
import { inspect } from 'node:util';
import { expect } from 'chai';
import type { StartConfig } from 'screwdriver-executor-base';
import { startConfig } from '../support/configs';
import { executorWith, rejection, type PublicExecutor } from '../support/executors';
import { freshBuild } from './fresh-build';

const REASON = 'The node was taken away.';

describe('reportFailure', () => {
    const build = freshBuild();
    const executor = executorWith({});
    const config = () => ({ apiUri: build.api.uri, buildId: build.id, token: build.api.temporalToken(build.id) });

    /** With the build's own token, in a status. */
    async function running(status: string): Promise<ReturnType<typeof config>> {
        const temporal = config();
        const token = await executor.exchangeTokenForBuild(temporal);

        build.api.builds.get(build.id)!.status = status;
        build.api.requests.length = 0;

        return { ...temporal, token };
    }

    for (const status of ['QUEUED', 'BLOCKED', 'FROZEN', 'RUNNING']) {
        it(`makes a ${status} build a FAILURE`, async () => {
            expect(await executor.reportFailure(await running(status), REASON)).to.equal(true);
            expect(build.api.builds.get(build.id)).to.include({ status: 'FAILURE', statusMessage: REASON });
            expect(build.asked()).to.deep.equal(['GET', 'PUT']);
            expect(JSON.parse(build.api.requests[1]!.body)).to.have.keys('status', 'statusMessage');
        });
    }

    for (const status of ['CREATED', 'SUCCESS', 'FAILURE', 'ABORTED', 'UNSTABLE']) {
        it(`does not change a ${status} build`, async () => {
            expect(await executor.reportFailure(await running(status), REASON)).to.equal(false);
            expect(build.asked()).to.deep.equal(['GET']);
        });
    }

    for (const [status, isReported] of Object.entries({ QUEUED: true, FROZEN: true, RUNNING: false, SUCCESS: false })) {
        it(`unlessRunning: ${isReported ? 'makes' : 'does not make'} a ${status} build a FAILURE`, async () => {
            const given = await running(status);

            expect(await executor.reportFailure(given, REASON, { unlessRunning: true })).to.equal(isReported);
            expect(build.api.builds.get(build.id)!.status).to.equal(isReported ? 'FAILURE' : status);
        });
    }

    it('finds out with an exchange whether a build still waits, with a temporal token', async () => {
        expect(await executor.reportFailure(config(), REASON)).to.equal(true);
        expect(build.api.builds.get(build.id)).to.include({ status: 'FAILURE', statusMessage: REASON });
        expect(await executor.reportFailure(config(), REASON)).to.equal(false);
        expect(build.asked()).to.deep.equal(['POST', 'PUT', 'POST']);
    });

    it('has nothing to report for a build that has ended in between', async () => {
        const given = await running('RUNNING');

        build.api.failNext({ status: 200, body: '{"status":"RUNNING"}' }, 403);
        expect(await executor.reportFailure(given, REASON)).to.equal(false);
    });

    it('tries again', async () => {
        build.api.failNext('reset', 503);
        expect(await executor.reportFailure(config(), REASON)).to.equal(true);
        expect(build.asked()).to.deep.equal(['POST', 'POST', 'POST', 'PUT']);
    });

    it('rejects if the API does not accept it in time', async () => {
        build.api.failNext('hang');
        const error = await rejection(executor.reportFailure(config(), REASON, { deadline: 50 }));

        expect(error).to.include({ code: 'EXECUTOR_REPORT', kind: 'timeout', retryable: true, attempts: 1 });
        expect(error.message).to.match(/^Failed to report the failure of the build: gave up after \d+ ms$/);
        expect(error.userMessage).to.match(/Stop the build\.$/);
    });

    it('rejects if the API refuses to return the build, or to change it', async () => {
        for (const before of [[], [{ status: 200, body: '{"status":"RUNNING"}' }]]) {
            const given = await running('RUNNING');

            build.api.failNext(...before, 404);
            const error = await rejection(executor.reportFailure(given, REASON));

            expect(error).to.include({ code: 'EXECUTOR_REPORT', retryable: false, statusCode: 404, attempts: 1 });
            expect(build.asked()).to.deep.equal(['GET', 'PUT'].slice(0, before.length + 1));
            build.id += 1;
        }
    });

    it('rejects at once if a retry cannot help', async () => {
        const { token, ...rest } = config();

        build.api.failNext({ status: 401, body: JSON.stringify({ message: token }) });
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
        expect(build.api.builds.get(build.id)!.statusMessage).to.equal('refused: ***');
    });

    it('refuses what it cannot report, with nothing sent', async () => {
        expect(await rejection(executor.reportFailure({ ...config(), buildId: 0 }, REASON))).to.include({
            isJoi: true
        });
        for (const reason of ['', undefined, new String('why')]) {
            expect(await rejection(executor.reportFailure(config(), reason as string)))
                .to.be.instanceOf(TypeError)
                .with.property('message', 'reason must be a non-empty string for the owner of the build');
        }
        const scoped = { ...config(), token: build.api.temporalToken(build.id, { scope: ['sdapi'] }) };

        expect(await rejection(executor.reportFailure(scoped, REASON))).to.include({ code: 'EXECUTOR_TOKEN_SCOPE' });
        expect(build.api.requests).to.deep.equal([]);
    });

    it('reaches the API as the last exchange did, while the start is in progress', async () => {
        let requests = 0;
        const agent = new Agent({ keepAlive: true });
        const starting: PublicExecutor = executorWith({
            async _start(given: StartConfig) {
                await starting.exchangeTokenForBuild(given, 90, { agent });

                return await starting.reportFailure(given, REASON);
            }
        });

        agent.on('free', () => (requests += 1));
        expect(await starting.start(startConfig(config()))).to.equal(true);
        agent.destroy();
        expect(build.asked()).to.deep.equal(['POST', 'POST', 'PUT']);
        expect(requests).to.equal(3);
    });

    it('accepts a callback as the last argument, and in that of the options', async () => {
        const results: unknown[] = [];
        // Its properties, as those of a spy, are not options.
        const callback = Object.assign((_error: unknown, result?: boolean) => results.push(result), { callCount: 0 });

        await executor.reportFailure(config(), REASON, callback);
        await executor.reportFailure(config(), REASON, {}, callback);
        await new Promise(setImmediate);
        expect(results).to.deep.equal([true, false]);
    });
});
