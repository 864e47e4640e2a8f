import assert = require('node:assert/strict');
import { after, before, describe, it } from 'mocha';
import { TOO_MANY_REVISIONS } from '../../../examples/ecs-executor/test/aws-server';
import { NOTHING, startWorld, type World } from '../../../examples/ecs-executor/test/world';
import { until } from '../../support/until';

/** AWS's quota for RegisterTaskDefinition and DeregisterTaskDefinition together. */
const QUOTA = { burst: 20, rate: 1 };
const PACE = { registerBurst: QUOTA.burst, registerRate: QUOTA.rate, pollEvery: 2000, startWait: 900 };

describe('a hundred builds within the quota of AWS', () => {
    let world: World;

    before(async () => {
        world = await startWorld();
        world.aws.state.quota = { ...QUOTA, left: QUOTA.burst, at: performance.now() };
    });
    after(() => world.end());

    it('all run, and are all removed, though two executors share the quota', async function () {
        this.timeout(1_800_000);
        const { aws, config, executor, stopOf } = world;
        const executors = [executor(PACE), executor(PACE)];
        const builds = Array.from({ length: 100 }, (_, nth) => ({ one: executors[nth % 2]!, build: config() }));

        // The other form of a throttle.
        aws.failNext('RegisterTaskDefinition', ...Array(10).fill(TOO_MANY_REVISIONS));
        const outcomes = await Promise.all(builds.map(({ one, build }) => one.start(build)));

        assert.deepEqual(new Set(outcomes), new Set([undefined]));
        assert.equal(aws.state.left().tasks, 100);
        await Promise.all(builds.map(({ one, build }) => one.stop(stopOf(build.buildId))));
        await until('nothing of them', () => JSON.stringify(aws.state.left()) === JSON.stringify(NOTHING), 900);
        // Two hundred were accepted, and ten throttled in the other form. The rest exceeded the quota.
        assert.ok(aws.count('RegisterTaskDefinition') + aws.count('DeregisterTaskDefinition') > 210);
    });
});
