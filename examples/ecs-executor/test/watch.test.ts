import { expect } from 'chai';
import { endBuild, startWorld, until, type World } from './world';

describe('ECS executor: builds that end without a report', () => {
    let world: World;

    beforeEach(async () => {
        world = await startWorld();
    });
    afterEach(() => world.end());

    const stateOf = (buildId: unknown) => world.api.builds.get(Number(buildId));

    it('are reported with the reason', async () => {
        const { config, executor } = world;
        const build = config();

        await executor().start(build);
        stateOf(build.buildId)!.status = 'RUNNING';
        endBuild(world, build.buildId, 137, 'OutOfMemoryError: Container killed due to memory usage');

        await until('a report', () => stateOf(build.buildId)?.status === 'FAILURE');
        expect(stateOf(build.buildId)?.statusMessage).to.contain('ran out of memory');
    });

    it('are reported if the launcher ends with 0 before the build runs', async () => {
        const { config, executor } = world;
        const build = config();

        await executor().start(build);
        endBuild(world, build.buildId, 0);

        await until('a report', () => stateOf(build.buildId)?.status === 'FAILURE');
        expect(stateOf(build.buildId)?.statusMessage).to.contain('did not report why');
    });

    it('are not reported if they ran and ended with 0, or were stopped', async () => {
        const { api, aws, config, executor, stopOf } = world;
        const [ran, stopped, last] = [config(), config(), config()];
        const one = executor();

        for (const build of [ran, stopped, last]) await one.start(build);
        stateOf(ran.buildId)!.status = 'RUNNING';
        endBuild(world, ran.buildId, 0);
        await one.stop(stopOf(stopped.buildId));
        await until('its end', () => aws.state.running(`sd-${stopped.buildId}`).length === 0);
        const isAsked = () =>
            api.requests.some(({ method, path }) => method === 'GET' && path.endsWith(`/${ran.buildId}`));

        await until('a look at its status', isAsked);
        // Reported after the others were looked at.
        endBuild(world, last.buildId, 1);
        await until('a report', () => stateOf(last.buildId)?.status === 'FAILURE');
        expect([ran, stopped].map(({ buildId }) => stateOf(buildId)?.status)).to.deep.equal(['RUNNING', 'QUEUED']);
    });

    it('are left to the next stop by an executor that has shut down', async () => {
        const { config, executor } = world;
        const [first, second] = [config(), config()];
        const one = executor();
        const other = executor();

        await one.start(first);
        await other.start(second);
        await one.cleanUp();
        endBuild(world, first.buildId, 137);
        endBuild(world, second.buildId, 137);

        await until('a report', () => stateOf(second.buildId)?.status === 'FAILURE');
        expect(stateOf(first.buildId)?.status).not.to.equal('FAILURE');
    });
});
