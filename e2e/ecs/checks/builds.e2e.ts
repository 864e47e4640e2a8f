import assert = require('node:assert/strict');
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { freshBuildId, startConfig, startTokenApi, stopConfig, verifyConfig } from 'screwdriver-executor-base/testing';
import EcsExecutor = require('../../../examples/ecs-executor/lib/executor');
import { images } from '../../images';
import { docker } from '../../docker/engine';
import { ExecutorProcess } from '../../support/executor-process';
import { openGate } from '../../support/gate';
import { rejection } from '../../support/rejection';
import { until } from '../../support/until';
import { aws, emptyAccount, options, pullable, running } from '../account';
import { startHold } from '../hold';
import type { Options } from '../../../examples/ecs-executor/lib/settings';
import type { StartConfig } from 'screwdriver-executor-base';
import type { KeyPair, TokenApi } from 'screwdriver-executor-base/testing';

describe('a build on ECS', () => {
    let keys: KeyPair;
    let api: TokenApi;
    let id: number;
    let executors: EcsExecutor[] = [];

    before(async () => {
        keys = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    });

    beforeEach(async () => {
        api = await startTokenApi({ keys });
        id = freshBuildId();
    });

    afterEach(async () => {
        try {
            await executor().stop(stopConfig(api, { buildId: id }));
            await emptyAccount();
        } finally {
            await Promise.all(executors.map(one => one.cleanUp()));
            executors = [];
            await api.close();
        }
    });

    function executor(more: Options = {}) {
        const one = new EcsExecutor(options(more));

        executors.push(one);

        return one;
    }

    const config = (image: string, more: Partial<StartConfig> = {}) =>
        startConfig(api, { buildId: id, container: pullable(image), ...more });
    const verify = () => executor().verify(verifyConfig(api, { buildId: id }));
    const container = async () => {
        const [task] = await running(id);

        return docker.getContainer(task?.container ?? 'none').inspect();
    };

    it('runs with its own token, which is gone from the account', async () => {
        assert.equal(await executor().start(config(images.build('sleeps'))), undefined);
        const { Config, Mounts, State } = await container();
        const token = Config.Env.find(line => line.startsWith('SD_TOKEN='))?.slice('SD_TOKEN='.length) ?? '';
        const { scope } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

        assert.deepEqual(scope, ['build']);
        assert.equal(State.Running, true);
        assert.deepEqual(Config.Entrypoint, ['/opt/sd/launch']);
        assert.deepEqual(Config.Cmd, ['--api-uri', api.uri, String(id)]);
        assert.equal(Mounts.find(({ Destination }) => Destination === '/opt/sd')?.RW, false);
        assert.deepEqual((await aws().ask('ssm', 'DescribeParameters')).Parameters, []);
        assert.equal(await verify(), '');
    });

    it('is reported with its exit code if its launcher dies', async () => {
        await executor().start(config(images.build('exit-7')));

        await until('a report', () => api.builds.get(id)?.status === 'FAILURE');
        assert.equal(api.builds.get(id)?.statusMessage, `The build's container ended with exit code 7.`);
        assert.equal(await verify(), `The build's container ended with exit code 7.`);
    });

    it('rejects with the reason if its image does not exist', async () => {
        const { code, userMessage } = await rejection(executor().start(config(images.missing)));

        assert.equal(code, 'ECS_BUILD_ENDED');
        assert.match(String(userMessage), /pull/);
        await emptyAccount();
    });

    it('rejects with the reason if the job tools cannot be copied', async () => {
        const one = executor({ jobToolsImage: pullable(images.build('ok')) });
        const { code, userMessage } = await rejection(one.start(config(images.build('sleeps'))));

        assert.equal(code, 'ECS_BUILD_ENDED');
        assert.match(String(userMessage), /job-tools/);
        await emptyAccount();
    });

    it('is ended by its deadline container, and reported', async () => {
        const one = executor({ deadlineBuffer: 0 });

        await one.start(config(images.build('sleeps'), { annotations: { 'screwdriver.cd/timeout': 0.05 } }));
        await until('a report', () => api.builds.get(id)?.status === 'FAILURE');
        assert.equal(
            api.builds.get(id)?.statusMessage,
            'The build took longer than its timeout, and its task was ended.'
        );
    });

    it('runs once if its start is delivered again to another executor', async () => {
        const build = config(images.build('sleeps'));

        await executor().start(build);
        const [first] = await running(id);

        assert.equal(await executor().start(build), undefined);
        assert.deepEqual(await running(id), [first]);
    });

    it('runs once if the first executor is killed before it has the answer of RunTask', async () => {
        const build = config(images.build('sleeps'));
        const hold = await startHold(aws().endpoint, 'RunTask', () => {
            child.kill('SIGKILL');

            return child.exit;
        });
        const child = new ExecutorProcess('ecs-executor', options({ client: aws().clientAt(hold.uri) }));

        void child.call('start', build);
        await child.exit;
        assert.equal(await executor().start(build), undefined);
        assert.equal((await running(id)).length, 1);
        hold.close();
    });

    it('can be stopped while its task is pending', async () => {
        const one = executor();
        const start = one.start(config(images.build('sleeps')));

        await until('a task', async () => (await running(id)).length > 0);
        await one.stop(stopConfig(api, { buildId: id }));
        assert.equal(await start, false);
        await emptyAccount();
    });

    it('is found again after an outage of AWS', async () => {
        const gate = await openGate(aws().endpoint);
        const build = config(images.build('sleeps'));
        const one = executor({ client: aws().clientAt(gate.uri), awaySeconds: 0 });

        await one.start(build);
        await gate.shut();
        const { code, retryable } = await rejection(one.stop(stopConfig(api, { buildId: id })));

        assert.deepEqual([code, retryable], ['ECS_API', true]);
        await gate.open();
        assert.equal(await one.start(build), undefined);
        assert.equal((await running(id)).length, 1);
        await one.stop(stopConfig(api, { buildId: id }));
        await emptyAccount();
        await gate.shut();
    });
});
