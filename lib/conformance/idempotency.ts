import { setTimeout as sleep } from 'node:timers/promises';
import { freshBuildId } from '../testing/configs';
import { violation } from './finding';
import { group, type Check } from './group';
import type { Testbed } from './testbed';
import { everythingIn, isError, showsToken, words } from './outcome';

/** When a stop comes in the midst of a start. */
interface Moment {
    words: string;
    /** How many starts of the build are in flight. @default 1 */
    starts?: number;
    /** Whether the API keeps the exchange waiting meanwhile. */
    isHeld?: boolean;
    /** Milliseconds after the API has answered the exchange, or after the call where there is none. */
    after?: number;
}

const MOMENTS: Moment[] = [
    { words: 'a stop in the same breath' },
    { words: 'a stop beside two starts', starts: 2 },
    { words: 'a stop while the API keeps the exchange waiting', isHeld: true },
    ...[0, 5, 20, 80].map(after => ({ words: `a stop ${after} ms after the exchange`, after })),
    { words: 'a stop beside two starts, after the exchange', starts: 2, after: 0 }
];

/** Milliseconds for which the API keeps an exchange waiting, and in which something may still come up after a stop. */
const PAUSE = 150;

async function expectStop(testbed: Testbed, { words: moment, starts = 1, isHeld, after }: Moment): Promise<void> {
    const { api } = testbed;
    const id = freshBuildId();
    const isAsked = () => api.requests.some(({ path }) => path === `/v4/builds/${id}/token`);
    const isAnswered = () => api.requests.some(({ path, status }) => path === `/v4/builds/${id}/token` && status);

    if (isHeld) api.failNext({ delay: PAUSE });
    const calls = Array.from({ length: starts }, () => testbed.on('start', id));

    if (isHeld) await testbed.eventually(isAsked, PAUSE);
    if (after !== undefined) {
        await testbed.eventually(isAnswered, PAUSE);
        await sleep(after);
    }
    await Promise.all([testbed.on('stop', id), ...calls]);
    if (!(await testbed.ends(id))) {
        throw violation(`${moment}: ${await testbed.running(id)} of the build run after all have settled`);
    }
    await sleep(PAUSE);
    if ((await testbed.running(id)) > 0) throw violation(`${moment}: the build came up after all had settled`);
}

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
        title: 'stops beside each other all resolve',
        why: 'the API stops a build that ends while a user aborts it',
        fix: 'let a second _stop share the first, or take "not there" for success: static callsInTurn = true does it',
        async run(testbed) {
            const id = await testbed.startBuild();
            const stops = await Promise.all(Array.from({ length: 3 }, () => testbed.on('stop', id)));
            const failed = stops.find(({ resolved }) => !resolved);

            // Where all of them reject, so does a single one.
            if (failed && stops.some(({ resolved }) => resolved))
                throw violation(`one of three stops ${words(failed)}`);
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
            // A stop that leaves something of every build is the matter of another rule.
            const plain = await testbed.startBuild();

            await testbed.on('stop', plain);
            if (!(await testbed.ends(plain))) return;
            for (const moment of MOMENTS) await expectStop(testbed, moment);
        }
    },
    {
        title: 'a start beside a stop leaves the build as it says',
        why: 'a build that is told to run and does not has nobody who fails it',
        fix: 'let _start wait for a stop of the build that is in flight, or reject: static callsInTurn = true does it',
        async run(testbed) {
            const id = await testbed.startBuild();
            const runs = async () => (await testbed.running(id)) > 0;

            // A start that never makes a build run is the matter of another rule.
            if (!(await testbed.eventually(runs))) return;
            const stop = testbed.on('stop', id);
            const [started] = await Promise.all([testbed.on('start', id), stop]);

            if (started.resolved && started.value === false) return;
            if (started.resolved ? await testbed.eventually(runs) : await testbed.ends(id)) return;
            throw violation(`the start ${words(started)}, and the build ${started.resolved ? 'does not run' : 'runs'}`);
        }
    }
];

const DUPLICATE_START = {
    rejects: 'a second start rejects with an Error that shows no token',
    joins: 'a second start joins the first'
};

function duplicateStart(behaviour: keyof typeof DUPLICATE_START): Check {
    return {
        title: DUPLICATE_START[behaviour],
        why: 'a queue may deliver a start again: where that rejects often enough, its worker fails a build that is well',
        fix: "resolve from _start for a build that is there already; duplicateStart: 'rejects' is for those who must not",
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
export const idempotency = group(
    'idempotency',
    ({ duplicateStart: behaviour = 'joins', observe }) => [
        ...CHECKS,
        duplicateStart(behaviour),
        ...(observe?.running ? OBSERVED : [])
    ],
    { 'observe.running': 'what runs after a start and a stop that meet' }
);
