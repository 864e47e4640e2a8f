import { expect } from 'chai';
import { clientFor } from './aws-server';
import { NOTHING, failureOf, startWorld, until, type World } from './world';

/** Milliseconds: longer than a test. */
const NEVER = 1_000_000;
const isGone = (world: World) => JSON.stringify(world.aws.state.left()) === JSON.stringify(NOTHING);

describe('ECS executor: a stop', () => {
    let world: World;

    beforeEach(async () => {
        world = await startWorld();
    });
    afterEach(() => world.end());

    it('resolves once ECS has accepted it, and removes everything after the end', async () => {
        const { aws, config, executor, lookAt, stopOf } = world;
        const build = config();
        const one = executor();

        aws.state.ending = NEVER;
        await one.start(build);
        await one.stop(stopOf(build.buildId));

        expect(aws.state.left()).to.include({ tasks: 1 });
        expect(await one.status(lookAt(build.buildId))).to.equal('The build is being ended.');
        expect(await one.verify(lookAt(build.buildId))).to.equal('');
        aws.state.end(aws.state.running(`sd-${build.buildId}`)[0]!, {});
        await until('nothing of it', () => isGone(world));
        // The last removal may not have been answered yet.
        await until('a reason', () => one.verify(lookAt(build.buildId)));
        expect(await one.verify(lookAt(build.buildId))).to.equal('The build was stopped: Stopped by Screwdriver.');
    });

    it('ends a task that is still provisioning, and its start resolves false', async () => {
        const { aws, config, executor, stopOf } = world;
        const build = config();
        const one = executor();

        aws.state.course = 'waits';
        const start = one.start(build);

        await until('a task', () => aws.state.running(`sd-${build.buildId}`).length);
        await one.stop(stopOf(build.buildId));

        expect(await start).to.equal(false);
        await until('nothing of it', () => isGone(world));
    });

    it('ends a task of another process that ECS does not list yet', async () => {
        const { aws, config, executor, stopOf } = world;
        const build = config();

        aws.state.hidden = 300;
        aws.state.course = 'waits';
        const start = executor().start(build);

        await until('a task', () => aws.state.running(`sd-${build.buildId}`).length);
        await executor().stop(stopOf(build.buildId));
        expect(await start).to.equal(false);
        await until('nothing of it', () => isGone(world));
    });

    it('leaves nothing of a build that has ended itself, and does not wait', async () => {
        const { aws, config, executor, stopOf } = world;
        const build = config();
        const one = executor({ settleSeconds: 600 });

        await one.start(build);
        aws.state.end(aws.state.running(`sd-${build.buildId}`)[0]!, { stopCode: 'EssentialContainerExited' });
        await executor({ settleSeconds: 600 }).stop(stopOf(build.buildId));

        await until('nothing of it', () => isGone(world));
    });

    it('waits for the end with processPerCall', async () => {
        const { aws, config, executor, stopOf } = world;
        const build = config();

        await executor().start(build);
        await executor({ processPerCall: true }).stop(stopOf(build.buildId));

        expect(aws.state.left()).to.deep.equal(NOTHING);
    });

    it('resolves for an unknown build after two requests', async () => {
        const { aws, executor, stopOf } = world;

        await executor({ processPerCall: true }).stop(stopOf(77));

        expect(aws.requests.map(({ operation }) => operation)).to.deep.equal(['ListTasks', 'ListTaskDefinitions']);
    });

    it('does not touch a build whose id begins with the same digits', async () => {
        const { aws, config, executor, stopOf } = world;
        const one = executor({ processPerCall: true });

        await one.start(config({ buildId: 12 }));
        await one.start(config({ buildId: 123 }));
        await one.stop(stopOf(12));

        expect(aws.state.left()).to.deep.equal({ tasks: 1, definitions: ['sd-123:1'], parameters: [] });
    });

    for (const fault of ['reset', 'lost'] as const) {
        it(`continues if the connection breaks during StopTask (${fault})`, async () => {
            const { aws, config, executor, stopOf } = world;
            const build = config();
            const one = executor({ processPerCall: true });

            await one.start(build);
            aws.failNext('StopTask', fault);
            await one.stop(stopOf(build.buildId));

            expect(aws.state.left()).to.deep.equal(NOTHING);
        });
    }

    it('resolves if ECS has forgotten the task', async () => {
        const { aws, config, executor, lookAt, stopOf } = world;
        const build = config();
        const one = executor({ processPerCall: true, settleSeconds: 0.05 });

        await one.start(build);
        aws.state.tasks.clear();
        await until('forgotten', async () =>
            (await one.verify(lookAt(build.buildId)))?.startsWith('ECS does not know')
        );
        await one.stop(stopOf(build.buildId));

        expect(aws.state.left()).to.deep.equal(NOTHING);
    });

    it('leaves the rest to the next stop if a shutdown cuts it short', async () => {
        const { aws, config, executor, stopOf } = world;
        const build = config();
        const one = executor();

        await one.start(build);
        aws.state.ending = NEVER;
        await one.stop(stopOf(build.buildId));
        await one.cleanUp();
        expect(aws.state.left().definitions).to.have.length(1);
        const next = executor({ processPerCall: true }).stop(stopOf(build.buildId));

        aws.state.end(aws.state.running(`sd-${build.buildId}`)[0]!, {});
        await next;
        expect(aws.state.left()).to.deep.equal(NOTHING);
    });

    it('rejects while AWS is down', async () => {
        const { config, executor, stopOf } = world;
        const build = config();
        const error = await failureOf(executor({ client: clientFor(1), awaySeconds: 0 }).stop(stopOf(build.buildId)));

        expect(error).to.include({ code: 'ECS_API', kind: 'engine', retryable: true });
    });
});
