import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { startConfig, startTimerConfig, verifyConfig } from 'screwdriver-executor-base/testing';
import { Fixture, nextWarning, until } from './fixture';
import { isAlive } from './processes';

/** Converts seconds into a build's timeout, which is in minutes. */
const seconds = (count: number) => ({ 'screwdriver.cd/timeout': count / 60 });

describe('process executor: a build that cannot report', () => {
    let fixture: Fixture;

    afterEach(() => fixture.close());

    async function messageOf(buildId: number): Promise<string | undefined> {
        await until(() => fixture.statusOf(buildId) === 'FAILURE');

        return fixture.api.builds.get(buildId)?.statusMessage;
    }

    it('is reported as FAILURE when its time is over', async () => {
        fixture = await Fixture.make(['echo hanging; sleep 60']);
        const buildId = await fixture.start();
        const leader = await fixture.pidOf(buildId);

        await until(() => fixture.statusOf(buildId) === 'RUNNING');
        await fixture.executor.startTimer(startTimerConfig(fixture.api, { buildId, annotations: seconds(0.3) }));

        expect(await messageOf(buildId)).to.equal('The build took longer than its timeout of 0.005 minutes');
        await until(async () => !(await isAlive(leader)));
        await until(() => fixture.executor.stats().requests?.concurrent === 0);
        expect(fixture.executor.stats().requests).to.include({ timeouts: 1 });
        await until(async () => /timeout of 0.005/.test(await fixture.log(buildId)));
        expect(await fixture.log(buildId)).to.match(/^hanging$/m);
        expect(await fixture.executor.verify(verifyConfig(fixture.api, { buildId }))).to.match(
            new RegExp(`^Build ${buildId} has ended after .*, ended by SIGTERM. The build took longer`)
        );
    });

    it('has no timeout after stopTimer, nor one that is too long for a timer', async () => {
        fixture = await Fixture.make(['sleep 60'], { maxBuildTimeout: 35_791 });
        const buildId = await fixture.start();

        await fixture.executor.startTimer(startTimerConfig(fixture.api, { buildId, annotations: seconds(0.2) }));
        await fixture.executor.stopTimer({ buildId });
        await sleep(400);
        await fixture.executor.startTimer(
            startTimerConfig(fixture.api, { buildId, annotations: { 'screwdriver.cd/timeout': 1e8 } })
        );
        await sleep(100);

        expect(await fixture.executor.status({ buildId })).to.contain('has been running');
        expect(fixture.executor.stats().requests).to.include({ timeouts: 0 });
    });

    it('has no timeout once it is stopped while it starts', async () => {
        fixture = await Fixture.make([]);
        fixture.api.failNext('hang');
        const config = startConfig(fixture.api);
        const { buildId } = config;
        const started = fixture.executor.start(config).catch(() => {});

        await until(() => fixture.api.requests.length === 1);
        await fixture.executor.startTimer(startTimerConfig(fixture.api, { buildId, annotations: seconds(0.3) }));
        await fixture.stop(Number(buildId));
        await started;
        await sleep(500);

        expect(fixture.executor.stats().requests).to.include({ timeouts: 0 });
    });

    it('gets at most the minutes of the option maxBuildTimeout', async () => {
        fixture = await Fixture.make(['sleep 60'], { maxBuildTimeout: 0.005 });
        const buildId = await fixture.start();

        await fixture.executor.startTimer(startTimerConfig(fixture.api, { buildId }));

        expect(await messageOf(buildId)).to.contain('its timeout of 0.005 minutes');
    });

    it('is reported as FAILURE when its launcher was killed', async () => {
        fixture = await Fixture.make(['sleep 60']);
        const buildId = await fixture.start();

        await until(() => fixture.statusOf(buildId) === 'RUNNING');
        process.kill(await fixture.pidOf(buildId), 'SIGKILL');

        expect(await messageOf(buildId)).to.equal('The launcher ended without having reported: ended by SIGKILL');
    });

    it('is reported as FAILURE when its launcher ends silently', async () => {
        fixture = await Fixture.make('exit 0');

        expect(await messageOf(await fixture.start())).to.equal(
            'The launcher ended without having reported: exit code 0'
        );
    });

    it('keeps what it reported itself', async () => {
        fixture = await Fixture.make('sleep 0.2');
        const buildId = await fixture.start();
        const build = fixture.api.builds.get(buildId);

        if (build) build.status = 'UNSTABLE';
        await until(() => fixture.api.requests.some(({ method }) => method === 'GET'));
        await fixture.executor.cleanUp();

        expect(fixture.updatesOf(buildId)).to.deep.equal([]);
        expect(fixture.statusOf(buildId)).to.equal('UNSTABLE');
    });

    it('is not reported when the API stopped it', async () => {
        fixture = await Fixture.make(['sleep 60']);
        const buildId = await fixture.start();

        await until(() => fixture.statusOf(buildId) === 'RUNNING');
        await fixture.stop(buildId);
        await fixture.executor.cleanUp();
        await sleep(100);

        expect(fixture.updatesOf(buildId)).to.deep.equal(['RUNNING']);
    });

    it('is reported although the API fails at times', async () => {
        fixture = await Fixture.make('sleep 0.2');
        const buildId = await fixture.start();

        fixture.api.failNext(503, 'reset');

        expect(await messageOf(buildId)).to.contain('without having reported');
    });

    it('leads to a warning, without a token, when the API does not take the report', async () => {
        fixture = await Fixture.make('sleep 0.2');
        const buildId = await fixture.start();

        fixture.api.failNext({ status: 401, body: '{"message":"eyJhbGciOiJub25lIn0.eyJ1IjoxfQ.c2ln"}' });
        const warning = await nextWarning();

        expect(warning.name).to.equal('ProcessExecutorWarning');
        expect(warning.message).to.equal(
            `Build ${buildId}: Failed to report the failure of the build: {"message":"***"}. ` +
                'The launcher ended without having reported: exit code 0'
        );
        await until(async () => (await fixture.log(buildId)).includes('Failed to report'));
        expect(await fixture.log(buildId)).not.to.contain('eyJ');
        expect(await fixture.executor.verify(verifyConfig(fixture.api, { buildId }))).to.contain('without having');
    });
});
