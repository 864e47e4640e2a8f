import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import ProcessExecutor = require('screwdriver-executor-process');
import { freshBuildId, startConfig, stopConfig } from 'screwdriver-executor-base/testing';
import { Fixture, until } from './fixture';
import { isAlive } from './processes';

describe('process executor: the end of a build', () => {
    let fixture: Fixture;

    afterEach(() => fixture.close());

    /** The pids that a build has printed. */
    async function pidsOf(buildId: number, count: number): Promise<number[]> {
        let pids: number[] = [];

        await until(async () => {
            pids = [...(await fixture.log(buildId)).matchAll(/^pid (\d+)$/gm)].map(([, pid]) => Number(pid));

            return pids.length === count;
        });

        return pids;
    }

    it('ends every process of its group', async () => {
        fixture = await Fixture.make(["echo pid $$; (sh -c 'echo pid $$; sleep 61' & echo pid $!; wait) & sleep 60"]);
        const buildId = await fixture.start();
        const pids = await pidsOf(buildId, 3);
        const leader = await fixture.pidOf(buildId);

        expect(await fixture.processes()).to.include.members([leader, ...pids].map(String));
        expect(await Promise.all([leader, ...pids].map(isAlive))).to.deep.equal([true, true, true, true]);
        await fixture.stopAndWait(buildId);

        expect(await Promise.all([leader, ...pids].map(isAlive))).to.deep.equal([false, false, false, false]);
        expect(await fixture.buildFolders()).to.deep.equal([]);
    });

    it('ends what the launcher left running', async () => {
        fixture = await Fixture.make('sleep 60 & echo pid $!');
        const buildId = await fixture.start();
        const pids = await pidsOf(buildId, 1);

        await fixture.ended(buildId);

        expect(await Promise.all(pids.map(isAlive))).to.deep.equal([false]);
    });

    it('comes with KILL if TERM is ignored, after the grace period', async () => {
        fixture = await Fixture.make("trap '' TERM; echo pid $$; while true; do sleep 0.1; done");
        const buildId = await fixture.start();
        const [pid] = await pidsOf(buildId, 1);
        const begin = performance.now();

        await fixture.stop(buildId);
        expect(performance.now() - begin).to.be.below(200);
        expect(await isAlive(Number(pid))).to.equal(true);
        await until(async () => !(await isAlive(Number(pid))));

        expect(performance.now() - begin).to.be.within(290, 3_000);
    });

    it('lets a launcher that handles TERM finish', async () => {
        fixture = await Fixture.make(
            "trap 'echo tidied up; exit 0' TERM; echo pid $$; while true; do sleep 0.05; done",
            {
                gracePeriod: 5_000
            }
        );
        const buildId = await fixture.start();

        await pidsOf(buildId, 1);
        await fixture.stopAndWait(buildId);

        expect(await fixture.log(buildId)).to.contain('tidied up');
    });

    it('is the same however often stop is called', async () => {
        fixture = await Fixture.make(['sleep 60']);
        const buildId = await fixture.start();
        const leader = await fixture.pidOf(buildId);

        await Promise.all([fixture.stop(buildId), fixture.stop(buildId)]);
        await fixture.stopAndWait(buildId);
        await fixture.stop(buildId);

        expect(await isAlive(leader)).to.equal(false);
    });

    it('is nothing for a build that never started', async () => {
        fixture = await Fixture.make([]);
        const buildId = freshBuildId();

        expect(await fixture.stop(buildId)).to.equal(undefined);
        expect(await fixture.executor.startTimer({ buildId })).to.equal(undefined);
        expect(await fixture.executor.stopTimer({ buildId })).to.equal(undefined);
    });

    for (const [how, end] of [
        ['a stop', (executor: ProcessExecutor, buildId: number) => executor.stop(stopConfig(fixture.api, { buildId }))],
        ['the shutdown', (executor: ProcessExecutor) => executor.cleanUp()]
    ] as const) {
        it(`comes at once with ${how} while it waits for its token`, async () => {
            fixture = await Fixture.make('echo started');
            fixture.api.failNext('hang');
            const config = startConfig(fixture.api);
            const started: Promise<unknown> = fixture.executor.start(config).catch((error: unknown) => error);

            await until(() => fixture.api.requests.length === 1);
            await end(fixture.executor, Number(config.buildId));
            const outcome = await started;

            if (how === 'a stop') expect(outcome).to.equal(false);
            else expect(outcome).to.include({ code: 'EXECUTOR_SHUTDOWN', kind: 'cancelled', retryable: true });
            expect(await fixture.buildFolders()).to.deep.equal([]);
            expect(await fixture.log(Number(config.buildId)).catch(() => 'no log')).to.equal('no log');
        });

        it(`leaves no process when ${how} comes at any moment of its start`, async () => {
            fixture = await Fixture.make(['sleep 60']);

            for (let delay = 0; delay < 24; delay += 2) {
                const config = startConfig(fixture.api);
                const count = fixture.api.requests.length;
                // A new executor, since one that was shut down starts no other build.
                const executor = new ProcessExecutor({ ...fixture.executor.config });
                const started = executor.start(config).catch(() => {});

                // Several turns after the moment at which the launcher is about to start.
                if (delay % 4 === 2) await until(() => fixture.api.requests[count]?.status === 200);
                await sleep(delay);
                await end(executor, Number(config.buildId));
                await started;
                await until(async () => (await fixture.processes()).length === 0);
                await fixture.removed(Number(config.buildId));

                expect(await fixture.processes()).to.deep.equal([]);
                expect(executor.stats().requests?.concurrent).to.equal(0);
            }
        });
    }

    it('leaves no process of a start that comes in after the shutdown has begun, or after it', async () => {
        fixture = await Fixture.make(['sleep 60']);
        const start = () => fixture.executor.start(startConfig(fixture.api)).catch((error: unknown) => error);
        const cleaned = fixture.executor.cleanUp();
        const outcomes = [await start(), await cleaned.then(start)];

        expect(await fixture.processes()).to.deep.equal([]);
        for (const outcome of outcomes) {
            expect(outcome).to.include({ code: 'EXECUTOR_SHUTDOWN', kind: 'cancelled', retryable: true });
            expect(outcome).to.have.property('userMessage');
        }
        expect(await fixture.buildFolders()).to.deep.equal([]);
        expect(fixture.api.requests).to.deep.equal([]);
    });

    it('comes for all builds with the shutdown, which can be repeated', async () => {
        fixture = await Fixture.make(['sleep 60']);
        const buildIds = [await fixture.start(), await fixture.start(), await fixture.start()];
        const leaders = await Promise.all(buildIds.map(buildId => fixture.pidOf(buildId)));

        await Promise.all([fixture.executor.cleanUp(), fixture.executor.cleanUp()]);
        await fixture.executor.cleanUp();

        expect(await Promise.all(leaders.map(isAlive))).to.deep.equal([false, false, false]);
        expect(await fixture.buildFolders()).to.deep.equal([]);
        expect(buildIds.map(buildId => fixture.statusOf(buildId))).to.deep.equal(Array(3).fill('FAILURE'));
        expect(fixture.api.builds.get(Number(buildIds[0]))?.statusMessage).to.contain('shut down');
    });
});
