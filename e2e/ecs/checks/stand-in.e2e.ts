import assert = require('node:assert/strict');
import { after, before, describe, it } from 'mocha';
import { freshBuildId, startConfig } from 'screwdriver-executor-base/testing';
import { definitionOf, parameterOf } from '../../../examples/ecs-executor/lib/definition';
import { awsError, isGone } from '../../../examples/ecs-executor/lib/errors';
import { settingsFrom } from '../../../examples/ecs-executor/lib/settings';
import { startAws } from '../../../examples/ecs-executor/test/aws-server';
import { clientsWith } from '../../../examples/ecs-executor/test/clients';
import { images } from '../../images';
import { aws, emptyAccount, options, pullable } from '../account';
import { DIFFERENCES, REQUESTS, type Account } from '../requests';

/** What the executor reads of answers. */
const READ = new Set(
    (
        'taskDefinition taskDefinitionArn registeredAt taskDefinitionArns tasks taskArns taskArn failures arn reason ' +
        'createdAt startedAt lastStatus desiredStatus stopCode stoppedReason containers name image exitCode'
    ).split(' ')
);

describe('the server that stands in for AWS', () => {
    let standIn: Awaited<ReturnType<typeof startAws>>;
    let accounts: Account[] = [];

    before(async () => {
        standIn = await startAws();
        const settings = settingsFrom(options());
        const config = startConfig(
            { uri: 'http://127.0.0.1:1', temporalToken: () => 'token' },
            { buildId: freshBuildId(), container: pullable(images.build('sleeps')) }
        );

        accounts = [standIn.client, aws().clientAt()].map(client => ({
            ...clientsWith(client),
            definition: definitionOf(config, {}, settings),
            parameter: { Name: parameterOf(settings, config.buildId), Value: 'token', Type: 'SecureString' },
            definitionArn: '',
            taskArn: ''
        }));
    });

    after(async function () {
        this.timeout(600_000);
        const { taskArns } = await aws().ask('ecs', 'ListTasks', { cluster: 'default' });
        const { taskDefinitionArns } = await aws().ask('ecs', 'ListTaskDefinitions', { status: 'ACTIVE' });

        for (const task of taskArns) await aws().ask('ecs', 'StopTask', { cluster: 'default', task });
        for (const taskDefinition of taskDefinitionArns) {
            await aws().ask('ecs', 'DeregisterTaskDefinition', { taskDefinition });
        }
        for (const { ecs, ssm } of accounts) {
            ecs.destroy();
            ssm.destroy();
        }
        await standIn.close();
        await emptyAccount();
    });

    for (const [title, request] of Object.entries(REQUESTS)) {
        const expected = DIFFERENCES[title];

        it(`answers ${title} as ${expected ? 'AWS does, unlike the emulator' : 'the emulator does'}`, async function () {
            this.timeout(600_000);
            const [own, emulated] = await Promise.all(accounts.map(account => answerOf(request(account))));

            if (expected) {
                assert.deepEqual(own, expected);
                assert.notDeepEqual(emulated, expected);
            } else {
                assert.deepEqual(own, emulated);
            }
        });
    }
});

/** The status, and what the executor reads of an answer or makes of an error. */
async function answerOf(work: Promise<any>) {
    try {
        const { $metadata, ...answer } = await work;

        return { status: $metadata.httpStatusCode, ...readOf(answer) };
    } catch (error) {
        const { name, $metadata, resourceIds } = error as any;

        assert.ok($metadata?.httpStatusCode, error as Error);

        return {
            status: $metadata.httpStatusCode,
            name,
            code: awsError(error).code,
            isGone: isGone(awsError(error)),
            ...(resourceIds && { resourceIds: readOf(resourceIds) })
        };
    }
}

function readOf(value: any): any {
    if (Array.isArray(value)) return value.map(readOf);
    if (value instanceof Date) return 'a time';
    if (typeof value === 'string') return value.replace(/[0-9a-f]{32}$/, 'ID');
    if (typeof value === 'number') return value === 0 ? 0 : 'a failure';
    if (typeof value !== 'object') return value;

    return Object.fromEntries(
        Object.entries(value)
            .filter(([key]) => READ.has(key))
            .map(([key, one]) => [key, readOf(one)])
    );
}
