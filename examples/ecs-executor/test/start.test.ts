import { expect } from 'chai';
import { inspect } from 'node:util';
import { AwsError } from './aws-answers';
import { NOTHING, endBuild, failureOf, startWorld, until, type World } from './world';

/** An answer of ListTasks that lags behind. */
const NO_TASKS = new AwsError('', '', { taskArns: [] }, 200);
const isGone = (world: World) => JSON.stringify(world.aws.state.left()) === JSON.stringify(NOTHING);

describe('ECS executor: a start', () => {
    let world: World;

    beforeEach(async () => {
        world = await startWorld();
    });
    afterEach(() => world.end());

    it('sends the token only in a parameter, which is gone once the build runs', async () => {
        const { aws, config, executor } = world;
        const build = config();
        const family = `sd-${build.buildId}`;

        expect(await executor().start(build)).to.equal(undefined);
        const token = aws.state.secrets.get(family) ?? '';

        expect(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).scope).to.deep.equal([
            'build'
        ]);
        expect(aws.state.left()).to.deep.equal({ tasks: 1, definitions: [`${family}:1`], parameters: [] });
        const others = aws.requests.filter(({ operation }) => operation !== 'PutParameter');

        expect(JSON.stringify(others)).not.to.contain(token).and.not.to.contain(build.token);
    });

    it('exchanges the token after the definition is registered', async () => {
        const { aws, api, config, executor } = world;

        aws.failNext('RegisterTaskDefinition', new AwsError('ServerException', 'no', {}, 500));
        await failureOf(executor({ awaySeconds: 0 }).start(config()));

        expect(api.requests).to.deep.equal([]);
    });

    it('runs one task if two executors start a build at the same time', async () => {
        const { aws, config, executor } = world;
        const build = config();

        await Promise.all([executor().start(build), executor().start(build)]);

        expect(aws.state.left().tasks).to.equal(1);
        expect(aws.state.left().definitions).to.have.length(1);
        expect(aws.state.parameters.size).to.equal(0);
    });

    it('finds the task of another start, although ECS does not list it yet', async () => {
        const { aws, config, executor } = world;
        const build = config();

        aws.state.hidden = 200;
        await Promise.all([
            executor().start(build),
            until('a task', () => aws.state.tasks.size).then(() => executor().start(build))
        ]);

        expect(aws.state.tasks.size).to.equal(1);
    });

    it('continues with the task of an executor that died before RunTask was answered', async () => {
        const { aws, config, executor } = world;
        const build = config();
        const dead = executor({ awaySeconds: 0 });

        aws.failNext('RunTask', 'unheard');
        dead.start(build).catch(() => {});

        await until('a task', () => aws.state.running(`sd-${build.buildId}`).length);
        expect(await executor().start(build)).to.equal(undefined);
        expect(aws.state.tasks.size).to.equal(1);
    });

    it('runs the build if another executor died before RunTask, and the stop removes both definitions', async () => {
        const { aws, config, executor, stopOf } = world;
        const build = config();
        const dead = executor({ awaySeconds: 0 });

        aws.failNext('RunTask', 'silence');
        dead.start(build).catch(() => {});

        await until('RunTask', () => aws.count('RunTask'));
        const second = executor();

        expect(await second.start(build)).to.equal(undefined);
        await second.stop(stopOf(build.buildId));
        await until('nothing of it', () => isGone(world));
    });

    for (const fault of ['lost', 'reset'] as const) {
        it(`runs one task if the connection breaks during RunTask (${fault})`, async () => {
            const { aws, config, executor } = world;

            aws.failNext('RunTask', fault);
            await executor().start(config());

            expect(aws.state.tasks.size).to.equal(1);
        });
    }

    it('ends the task if ECS has run it but never answers', async () => {
        const { aws, config, executor, lookAt } = world;
        const build = config();
        const one = executor({ answerTimeout: 2500, awaySeconds: 0 });

        aws.failNext('RunTask', 'unheard');
        const error = await failureOf(one.start(build));

        expect(error).to.include({ code: 'ECS_TIMEOUT', retryable: true });
        expect(await one.verify(lookAt(build.buildId))).to.equal(error.userMessage);
        await until('nothing of it', () => isGone(world));
        expect(aws.state.tasks.size).to.equal(1);
    });

    it('rejects with the reason if the image does not exist, and leaves nothing', async () => {
        const { aws, config, executor, lookAt } = world;
        const build = config();
        const reason =
            'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ' +
            'docker.io/library/none:latest: pull access denied, repository does not exist or may require authorization';
        const one = executor();

        aws.state.course = {
            stopCode: 'TaskFailedToStart',
            stoppedReason: reason,
            containers: [{ name: 'build', image: 'none', lastStatus: 'STOPPED', reason }]
        };
        const error = await failureOf(one.start(build));

        expect(error).to.include({ code: 'ECS_BUILD_ENDED', kind: 'image' });
        expect(error.userMessage).to.match(/^The image none cannot be pulled: Cannot/);
        expect(await one.verify(lookAt(build.buildId))).to.equal(error.userMessage);
        expect(aws.state.left()).to.deep.equal(NOTHING);
    });

    it('rejects if the API refuses the exchange, and leaves nothing', async () => {
        const { aws, api, config, executor } = world;
        const build = config();

        api.builds.set(Number(build.buildId), { id: Number(build.buildId), status: 'ABORTED' });
        expect(await failureOf(executor().start(build))).to.include({ code: 'EXECUTOR_EXCHANGE_FORBIDDEN' });
        expect(aws.count('RunTask')).to.equal(0);
        expect(aws.state.left()).to.deep.equal(NOTHING);
    });

    it('resolves false if its task is still provisioning, and continues', async () => {
        const { aws, api, config, executor, lookAt } = world;
        const build = config();
        const one = executor({ startWait: 0.05 });

        aws.state.course = 'waits';
        expect(await one.start(build)).to.equal(false);
        await until('a task', () => aws.state.running(`sd-${build.buildId}`).length);
        expect(await one.verify(lookAt(build.buildId))).to.equal('');
        expect(await one.status(lookAt(build.buildId))).to.contain('ECS is looking for room for it');
        const [task] = aws.state.running(`sd-${build.buildId}`);

        aws.state.end(task!, {
            stopCode: 'TaskFailedToStart',
            stoppedReason: 'Timeout waiting for network interface provisioning to complete.'
        });
        await until('a report', () => api.builds.get(Number(build.buildId))?.statusMessage);
        expect(api.builds.get(Number(build.buildId))).to.include({ status: 'FAILURE' });
        expect(api.builds.get(Number(build.buildId))?.statusMessage).to.contain('network interface provisioning');
    });

    it('rejects with processPerCall if its task still waits, and the next start continues with it', async () => {
        const { aws, config, executor } = world;
        const build = config();

        aws.state.course = 'waits';
        // A worker gets the start delivered again.
        await until('a task', async () => {
            const error = await failureOf(executor({ processPerCall: true, startWait: 1 }).start(build));

            expect(error).to.include({ code: 'ECS_WAITING', retryable: true });

            return aws.state.running(`sd-${build.buildId}`).length;
        });
        const [task] = aws.state.running(`sd-${build.buildId}`);

        aws.state.course = 'runs';
        aws.state.begin(task!, aws.state.definitions.get(task!.taskDefinitionArn)!);
        expect(await executor({ processPerCall: true }).start(build)).to.equal(undefined);
        expect(aws.state.tasks.size).to.equal(1);
    });

    it('rejects with the reason if the build has ended, unless the API knows that it ran', async () => {
        const { aws, api, config, executor, lookAt } = world;
        const build = config();
        const reason = `The build's container ended with exit code 137 (ended by SIGKILL).`;

        // Nobody reports the build.
        await executor({ processPerCall: true }).start(build);
        endBuild(world, build.buildId, 137);
        const error = await failureOf(executor().start(build));

        expect(error).to.include({ code: 'ECS_BUILD_ENDED', userMessage: reason });
        expect(await executor().verify(lookAt(build.buildId))).to.equal(reason);
        api.builds.get(Number(build.buildId))!.status = 'SUCCESS';
        expect(await executor().start(build)).to.equal(undefined);
        expect(aws.state.tasks.size).to.equal(1);
    });

    it('resolves false for a stopped build that the API does not start any more, and leaves nothing', async () => {
        const { aws, api, config, executor, stopOf } = world;
        const build = config();

        await executor().start(build);
        await executor({ processPerCall: true }).stop(stopOf(build.buildId));
        api.builds.get(Number(build.buildId))!.status = 'ABORTED';

        expect(await executor().start(build)).to.equal(false);
        expect(aws.state.left()).to.deep.equal(NOTHING);
        expect(aws.state.tasks.size).to.equal(1);
    });

    it('keeps the token that the task of another start still needs', async () => {
        const { aws, config, executor } = world;
        const build = config();
        const family = `sd-${build.buildId}`;

        aws.state.course = 'waits';
        const first = executor().start(build);

        await until('a task', () => aws.state.running(family).length);
        // The second executor does not see the task, and then its RunTask fails.
        aws.failNext('ListTasks', NO_TASKS, NO_TASKS);
        aws.failNext('RunTask', new AwsError('ServerException', 'no', {}, 500));
        await failureOf(executor({ awaySeconds: 0 }).start(build));

        expect([...aws.state.parameters.keys()]).to.deep.equal([`/sd-builds/${build.buildId}`]);
        const [task] = aws.state.running(family);

        aws.state.course = 'runs';
        aws.state.begin(task!, aws.state.definitions.get(task!.taskDefinitionArn)!);
        expect(await first).to.equal(undefined);
    });

    it('rejects what no task can have, with a message for the owner of the build', async () => {
        const { aws, config, executor } = world;
        const annotations = { 'screwdriver.cd/dockerEnabled': true };
        const error = await failureOf(executor().start(config({ annotations })));

        expect(error).to.include({ code: 'ECS_UNSUPPORTED', kind: 'configuration', retryable: false });
        expect(error.userMessage).to.contain('screwdriver.cd/dockerEnabled');
        expect(aws.state.left()).to.deep.equal(NOTHING);
    });

    it('shows no token if AWS quotes the request', async () => {
        const { aws, config, executor } = world;
        const build = config();
        const put = () => aws.requests.find(({ operation }) => operation === 'PutParameter');
        const quote = () => JSON.parse(put()?.body ?? '{}').Value as string;
        const refusal = new AwsError('ValidationException', '');

        aws.failNext('PutParameter', refusal);
        Object.defineProperty(refusal, 'message', {
            get: () => `Value '${quote()}' at 'value' failed to satisfy constraint`
        });
        const error = await failureOf(executor().start(build));

        expect(error.code).to.equal('ECS_REFUSED');
        expect(quote()).to.match(/^eyJ/);
        expect(inspect(error, { depth: 9, showHidden: true }))
            .not.to.contain(quote())
            .and.not.to.contain('eyJ');
    });
});
