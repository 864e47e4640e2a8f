import { expect } from 'chai';
import { startTokenApi, type TokenApi } from 'screwdriver-executor-base/testing';
import { startConfig, stopConfig } from '../support/configs';
import { executorWith, rejection, type PublicExecutor } from '../support/executors';

/** The claims of a build token that the API has made. */
function claims(token: string): { username: number; scope: string[] } {
    return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as ReturnType<typeof claims>;
}

describe('exchangeTokenForBuild with a bare token', () => {
    let api: TokenApi;
    const configOf = (buildId: number) => startConfig({ buildId, apiUri: api.uri, token: api.temporalToken(buildId) });

    before(async () => {
        api = await startTokenApi();
    });

    after(() => api.close());

    it('finds the config of the call in progress, in every validated operation that has one', async () => {
        for (const operation of ['start', 'stop', 'verify'] as const) {
            const executor: PublicExecutor = executorWith({
                [`_${operation}`]: ({ token }: { token: string }) => executor.exchangeTokenForBuild(token, 50)
            });
            const token = (await executor[operation](configOf(21))) as string;

            expect(claims(token)).to.deep.include({ username: 21, scope: ['build'] });
            expect(api.requests.at(-1)).to.include({
                path: '/v4/builds/21/token',
                body: '{"buildTimeout":80}'
            });
        }
    });

    it('separates two builds that start concurrently on one executor', async () => {
        const executor: PublicExecutor = executorWith({
            async _start({ token, buildId }: { token: string; buildId: number }) {
                // The build that starts first exchanges last.
                await new Promise(resolve => setTimeout(resolve, buildId === 31 ? 50 : 1));

                return await executor.exchangeTokenForBuild(token);
            }
        });
        const tokens = (await Promise.all([31, 32].map(id => executor.start(configOf(id))))) as string[];

        expect(tokens.map(token => claims(token).username)).to.deep.equal([31, 32]);
    });

    it('can be used repeatedly while the call is in progress', async () => {
        const executor: PublicExecutor = executorWith({
            _start: async ({ token }: { token: string }) => [
                await executor.exchangeTokenForBuild(token),
                await executor.exchangeTokenForBuild(token)
            ]
        });

        expect(await executor.start(configOf(33))).to.have.lengthOf(2);
    });

    it('knows a token until the last of the calls that share it has settled', async () => {
        const config = configOf(34);
        const release: Array<() => void> = [];
        const executor = executorWith({
            _start: () => new Promise<void>(resolve => release.push(resolve)),
            _stop: () => Promise.reject(new Error('expected'))
        });
        const first = executor.start(config);
        const second = executor.start({ ...config });

        await rejection(executor.stop(stopConfig({ ...config })));
        expect(release).to.have.lengthOf(2);
        release[0]!();
        await first;
        expect(claims(await executor.exchangeTokenForBuild(config.token)).username).to.equal(34);
        release[1]!();
        await second;
        expect(await rejection(executor.exchangeTokenForBuild(config.token))).to.include({
            code: 'EXECUTOR_TOKEN_UNKNOWN'
        });
    });

    it('is unknown after a call that failed, and on another executor', async () => {
        const config = configOf(35);
        const other = executorWith({});
        const executor = executorWith({
            async _start({ token }: { token: string }) {
                expect(await rejection(other.exchangeTokenForBuild(token))).to.include({
                    code: 'EXECUTOR_TOKEN_UNKNOWN'
                });
                throw new Error('expected');
            }
        });

        expect(await rejection(executor.start(config))).to.include({ message: 'expected' });
        expect(await rejection(executor.exchangeTokenForBuild(config.token))).to.include({
            code: 'EXECUTOR_TOKEN_UNKNOWN'
        });
    });

    it('means apiUri and buildId as they were when the operation was called', async () => {
        const config = configOf(38);
        const executor: PublicExecutor = executorWith({
            async _start({ token }: { token: string }) {
                Object.assign(config, { buildId: 39, apiUri: 'http://127.0.0.1:1' });

                return await executor.exchangeTokenForBuild(token);
            }
        });

        expect(claims((await executor.start(config)) as string).username).to.equal(38);
    });

    it('is unknown if calls in progress have it for several builds or APIs', async () => {
        for (const other of [{ buildId: 41 }, { apiUri: 'http://127.0.0.1:1' }]) {
            const config = configOf(40);
            const executor: PublicExecutor = executorWith({
                _start: ({ token }: { token: string }) => executor.exchangeTokenForBuild(token)
            });
            const calls = [executor.start(config), executor.start({ ...config, ...other })];

            for (const call of calls) {
                const error = await rejection(call);

                expect(error).to.include({ code: 'EXECUTOR_TOKEN_UNKNOWN' });
                expect(error.message).to.include('several builds or APIs').and.to.include('pass the config');
            }
        }
        const same: PublicExecutor = executorWith({
            _start: ({ token }: { token: string }) => same.exchangeTokenForBuild(token)
        });
        const config = configOf(42);
        const calls = [same.start(config), same.start({ ...config, buildId: '42' })];

        expect(await Promise.all(calls)).to.have.lengthOf(2);
    });

    it('means the other call once one of two with different APIs has settled', async () => {
        const config = configOf(43);
        const release: Array<() => void> = [];
        const executor = executorWith({ _start: () => new Promise<void>(resolve => release.push(resolve)) });
        const calls = [executor.start({ ...config, apiUri: 'http://127.0.0.1:1' }), executor.start(config)];

        while (release.length < 2) await new Promise(setImmediate);
        release[0]!();
        await calls[0];
        expect(claims(await executor.exchangeTokenForBuild(config.token)).username).to.equal(43);
        release[1]!();
        await calls[1];
    });

    it('is unknown without an apiUri, although stop and status may have a token', async () => {
        const executor: PublicExecutor = executorWith({
            _status: ({ token }: { token: string }) => executor.exchangeTokenForBuild(token)
        });
        const error = await rejection(executor.status({ buildId: 36, token: api.temporalToken(36) }));

        expect(error).to.include({ code: 'EXECUTOR_TOKEN_UNKNOWN' });
    });

    it('does not show in the error for an unknown token, which says what to pass', async () => {
        const token = api.temporalToken(37);
        const error = await rejection(executorWith({}).exchangeTokenForBuild(token));

        expect(error.message).to.include('pass the config, exchangeTokenForBuild(config, buildTimeout)');
        expect(error.message).to.not.include(token.slice(-20));
    });
});
