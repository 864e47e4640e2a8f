import { expect } from 'chai';
import { AwsError } from './aws-answers';
import { THROTTLED, THROTTLED_IN_TEXT, TOO_MANY_REVISIONS } from './aws-server';
import { NOTHING, failureOf, startWorld, until, type World } from './world';

describe('ECS executor: the limits of AWS', () => {
    let world: World;

    beforeEach(async () => {
        world = await startWorld();
    });
    afterEach(() => world.end());

    for (const [operation, fault] of [
        ['RegisterTaskDefinition', THROTTLED],
        ['RegisterTaskDefinition', TOO_MANY_REVISIONS],
        ['RunTask', THROTTLED_IN_TEXT],
        ['PutParameter', THROTTLED],
        ['PutParameter', new AwsError('TooManyUpdates', 'There are concurrent updates for a resource.')],
        ['ListTasks', THROTTLED],
        ['DescribeTasks', THROTTLED_IN_TEXT],
        ['DeleteParameter', THROTTLED]
    ] as const) {
        it(`retries a throttled ${operation}: ${fault.type}, ${fault.message}`, async () => {
            const { aws, config, executor } = world;

            aws.failNext(operation, fault);
            expect(await executor().start(config())).to.equal(undefined);
            expect(aws.state.left()).to.include({ tasks: 1 });
        });
    }

    it('starts and removes forty builds within a quota', async function () {
        this.timeout(120_000);
        const { aws, config, executor, stopOf } = world;
        const one = executor({ registerBurst: 8, registerRate: 50, pollEvery: 100, startWait: 60 });
        const builds = Array.from({ length: 40 }, () => config());

        aws.state.quota = { left: 20, burst: 20, rate: 100, at: performance.now() };
        await Promise.all(builds.map(build => one.start(build)));
        expect(aws.state.left()).to.include({ tasks: 40 });
        await Promise.all(builds.map(({ buildId }) => one.stop(stopOf(buildId))));
        await until('nothing of them', () => JSON.stringify(aws.state.left()) === JSON.stringify(NOTHING));
    });

    for (const [reason, code, retryable] of [
        ['RESOURCE:MEMORY', 'ECS_CAPACITY', true],
        ['AGENT', 'ECS_CAPACITY', true],
        [
            'Capacity is unavailable at this time. Please try again later or in a different availability zone',
            'ECS_CAPACITY',
            true
        ],
        ['ATTRIBUTE', 'ECS_REFUSED', false],
        ['MISSING', 'ECS_REFUSED', false]
    ] as const) {
        it(`rejects if RunTask answers with the failure ${reason.slice(0, 30)}, and leaves nothing`, async () => {
            const { aws, config, executor } = world;

            aws.failNext('RunTask', new AwsError('', '', { tasks: [], failures: [{ reason }] }, 200));
            const error = await failureOf(executor().start(config()));

            expect(error).to.include({ code, retryable });
            expect(error.userMessage).to.contain(reason);
            expect(aws.state.left()).to.deep.equal(NOTHING);
        });
    }

    it('rejects with ECS_ACCESS for missing permissions', async () => {
        const { aws, config, executor } = world;

        aws.failNext(
            'RegisterTaskDefinition',
            new AwsError(
                'AccessDeniedException',
                'User: arn:aws:iam::123456789012:user/x is not authorized to perform: ecs:RegisterTaskDefinition'
            )
        );
        expect(await failureOf(executor().start(config()))).to.include({
            code: 'ECS_ACCESS',
            kind: 'authentication',
            retryable: false,
            statusCode: 400
        });
    });

    it('tells apart what AWS refuses and what it cannot do at the moment', async () => {
        const { aws, config, executor } = world;

        aws.failNext('ListTasks', new AwsError('ClusterNotFoundException', 'Cluster not found.'));
        expect(await failureOf(executor().start(config()))).to.include({ code: 'ECS_REFUSED', retryable: false });
        aws.failNext(
            'ListTasks',
            new AwsError('ServerException', 'Service Unavailable. Please try again later.', {}, 500)
        );
        expect(await failureOf(executor({ awaySeconds: 0 }).start(config()))).to.include({
            code: 'ECS_API',
            retryable: true
        });
        aws.failNext('ListTasks', 'reset');
        expect(await failureOf(executor({ awaySeconds: 0 }).start(config()))).to.include({
            code: 'ECS_API',
            kind: 'engine',
            retryable: true
        });
        aws.failNext(
            'RunTask',
            new AwsError('LimitExceededException', "You've reached the limit on the number of tasks")
        );
        expect(await failureOf(executor().start(config()))).to.include({ code: 'ECS_CAPACITY', retryable: true });
    });

    it('rejects with ECS_TIMEOUT if AWS does not answer', async () => {
        const { aws, config, executor } = world;

        aws.failNext('ListTasks', 'silence');
        expect(await failureOf(executor({ answerTimeout: 50, awaySeconds: 0 }).start(config()))).to.include({
            code: 'ECS_TIMEOUT',
            kind: 'timeout',
            retryable: true
        });
    });

    it('waits for a task that ECS does not know yet, but not forever', async () => {
        const { aws, config, executor } = world;
        const [first, second] = [config(), config()];

        aws.state.hidden = 200;
        expect(await executor().start(first)).to.equal(undefined);
        aws.state.hidden = 60_000;
        const error = await failureOf(executor({ settleSeconds: 0.1 }).start(second));

        expect(error.userMessage).to.contain('ECS does not know the task');
        await until('its end', () => aws.state.running(`sd-${second.buildId}`).length === 0);
    });

    it('runs a build again whose client token stands for a task that ECS has forgotten', async () => {
        const { aws, config, executor } = world;
        const build = config();
        const one = executor({ settleSeconds: 0.2 });

        await one.start(build);
        aws.state.tasks.clear();
        expect(await one.start(build)).to.equal(undefined);

        expect([...aws.state.clientTokens.keys()]).to.have.length(2);
        expect(aws.state.left()).to.include({ tasks: 1 });
    });

    it('runs a stopped build again with the next client token', async () => {
        const { aws, config, executor, stopOf } = world;
        const build = config();
        const one = executor();

        await one.start(build);
        await one.stop(stopOf(build.buildId));
        expect(await one.start(build)).to.equal(undefined);

        expect([...aws.state.clientTokens.keys()]).to.deep.equal([`sd-${build.buildId}-1`, `sd-${build.buildId}-2`]);
        expect(aws.state.left()).to.include({ tasks: 1 });
    });
});
