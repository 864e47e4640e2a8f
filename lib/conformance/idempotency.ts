import { freshBuildId } from '../testing/configs';
import { group, type Check } from './group';
import { everythingIn, isError, showsToken, violation, words } from './outcome';

const CHECKS: Check[] = [
    {
        title: 'stop of a build that was stopped resolves',
        why: 'the API stops a build when it ends and again when somebody aborts it',
        fix: 'take "not there" from the engine for success in _stop',
        async run(testbed) {
            const id = await testbed.startBuild();

            await testbed.on('stop', id);
            const outcome = await testbed.on('stop', id);

            if (!outcome.resolved) throw violation(`the second stop ${words(outcome)}`);
        }
    },
    {
        title: 'stop of an unknown build resolves',
        why: 'the API stops a build whose start has failed',
        fix: 'take "not there" from the engine for success in _stop, and ask no memory of this process',
        async run(testbed) {
            const outcome = await testbed.on('stop', freshBuildId());

            if (!outcome.resolved) throw violation(`stop ${words(outcome)}`);
        }
    },
    {
        title: 'stopTimer of a build without a timer resolves',
        why: 'the API stops the timer of a build whose start has failed',
        fix: 'let _stopTimer resolve when there is nothing to stop',
        async run(testbed) {
            const outcome = await testbed.on('stopTimer', freshBuildId());

            if (!outcome.resolved) throw violation(`stopTimer ${words(outcome)}`);
        }
    },
    {
        title: 'cleanUp can be called twice',
        why: 'a process may get SIGTERM and SIGINT, and calls it for each',
        fix: 'let _cleanUp resolve when there is nothing left to end',
        async run(testbed) {
            await testbed.cleanUp();
            const outcome = await testbed.cleanUp();

            if (!outcome.resolved) throw violation(`the second cleanUp ${words(outcome)}`);
        }
    },
    {
        title: 'stop resolves while the build starts, and the start settles',
        why: 'users abort builds at any time; a start that never settles holds a worker for good',
        fix: 'let _stop end the start in flight, or wait for it',
        async run(testbed) {
            const id = freshBuildId();
            const start = testbed.on('start', id);
            const [stopped] = await Promise.all([testbed.on('stop', id), start]);

            if (!stopped.resolved) throw violation(`stop ${words(stopped)}`);
        }
    },
    {
        title: 'cleanUp resolves while a build starts, and the start settles',
        why: 'on SIGTERM the API waits for cleanUp, and for the calls in flight',
        fix: 'let _cleanUp end the starts in flight, or wait for them',
        async run(testbed) {
            const start = testbed.on('start', freshBuildId());
            const [cleaned] = await Promise.all([testbed.cleanUp(), start]);

            if (!cleaned.resolved) throw violation(`cleanUp ${words(cleaned)}`);
        }
    }
];

/** Where the author lets the kit see what runs. */
const OBSERVED: Check[] = [
    {
        title: 'a build that is started twice at once runs once',
        why: 'a queue may deliver a start again; two launchers of one build write over each other',
        fix: 'let a second _start join the first, or reject; give the engine a name made from the build id',
        async run(testbed) {
            const single = await testbed.startBuild();

            await testbed.eventually(async () => (await testbed.running(single)) > 0, testbed.startTimeout);
            const once = await testbed.running(single);
            const config = testbed.config();
            const id = Number(config.buildId);

            await Promise.all([testbed.call('start', config), testbed.call('start', config)]);
            await testbed.eventually(async () => (await testbed.running(id)) > 0, testbed.startTimeout);
            const twice = await testbed.running(id);

            if (twice > once) throw violation(`${once} run for a build that is started once, ${twice} for this one`);
        }
    },
    {
        title: 'a stop while the build starts leaves nothing running',
        why: 'nobody will stop the build a second time',
        fix: 'let _stop end the start in flight, or wait for it, before it ends the build',
        async run(testbed) {
            const id = freshBuildId();
            const start = testbed.on('start', id);

            await Promise.all([start, testbed.on('stop', id)]);
            if (!(await testbed.ends(id))) {
                throw violation(`${await testbed.running(id)} of the build run after both have settled`);
            }
        }
    }
];

const DUPLICATE_START = {
    either: 'a second start joins the first or rejects with an Error that shows no token',
    rejects: 'a second start rejects with an Error that shows no token',
    joins: 'a second start joins the first'
};

function duplicateStart(behaviour: keyof typeof DUPLICATE_START): Check {
    return {
        title: DUPLICATE_START[behaviour],
        why: 'a queue may deliver a start again, and callers rely on what the executor promises',
        fix: `do what duplicateStart: '${behaviour}' says, or state another behaviour`,
        async run(testbed) {
            const config = testbed.config();

            await testbed.startBuild(config);
            const outcome = await testbed.call('start', config);
            const unwanted = outcome.resolved ? 'rejects' : 'joins';

            if (behaviour === unwanted) throw violation(`the second start ${words(outcome)}`);
            if (outcome.resolved) return;
            if (!isError(outcome.error)) throw violation(`the second start ${words(outcome)}`);
            if (showsToken(everythingIn(outcome.error), config.token)) {
                throw violation(`the token shows in what the second start rejects with: ${words(outcome)}`);
            }
        }
    };
}

/** The same call twice, and calls that meet. */
export const idempotency = group('idempotency', ({ duplicateStart: behaviour = 'either', observe }) => [
    ...CHECKS,
    duplicateStart(behaviour),
    ...(observe?.running ? OBSERVED : [])
]);
