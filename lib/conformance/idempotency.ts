import { setTimeout as sleep } from 'node:timers/promises';
import { freshBuildId } from '../testing/configs';
import { violation } from './finding';
import { group, type Check } from './group';
import type { Testbed } from './testbed';
import { everythingIn, isError, showsToken, words } from './outcome';

/** When a stop comes during a start. */
interface Moment {
    words: string;
    /** How many starts of the build are in flight. @default 1 */
    starts?: number;
    /** Whether the API delays the exchange. */
    isHeld?: boolean;
    /** Milliseconds after the API has answered the exchange, or after the call if there is no exchange. */
    after?: number;
}

const MOMENTS: Moment[] = [
    { words: 'a stop right after the start' },
    { words: 'a stop during two starts', starts: 2 },
    { words: 'a stop while the API delays the exchange', isHeld: true },
    ...[0, 5, 20, 80].map(after => ({ words: `a stop ${after} ms after the exchange`, after })),
    { words: 'a stop during two starts, after the exchange', starts: 2, after: 0 }
];

/** Milliseconds by which the API delays an exchange, and in which a build may still come up after a stop. */
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
        throw violation(`${moment}: the build has ${await testbed.running(id)} running after all calls have settled`);
    }
    await sleep(PAUSE);
    if ((await testbed.running(id)) > 0) throw violation(`${moment}: the build came up after all calls had settled`);
}

const CHECKS: Check[] = [
    {
        title: 'stop of a stopped build resolves',
        why: 'the API stops a build when it ends and again when somebody aborts it',
        fix: 'in _stop, treat "not found" from the engine as success',
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
        fix: 'in _stop, treat "not found" from the engine as success, and do not rely on the memory of this process',
        async run(testbed) {
            const outcome = await testbed.on('stop', freshBuildId());

            if (!outcome.resolved) throw violation(`stop ${words(outcome)}`);
        }
    },
    {
        title: 'stopTimer of a build without a timer resolves',
        why: 'the API stops the timer of a build whose start has failed',
        fix: 'resolve from _stopTimer when there is nothing to stop',
        async run(testbed) {
            const outcome = await testbed.on('stopTimer', freshBuildId());

            if (!outcome.resolved) throw violation(`stopTimer ${words(outcome)}`);
        }
    },
    {
        title: 'cleanUp can be called twice',
        why: 'a process may get SIGTERM and SIGINT, and calls cleanUp for each',
        fix: 'resolve from _cleanUp when there is nothing left to clean up',
        async run(testbed) {
            await testbed.cleanUp();
            const outcome = await testbed.cleanUp();

            if (!outcome.resolved) throw violation(`the second cleanUp ${words(outcome)}`);
        }
    },
    {
        title: 'a stop during a start resolves, and the start settles',
        why: 'users abort builds at any time; a start that never settles holds a worker forever',
        fix: 'in _stop, abort the start in progress or wait for it',
        async run(testbed) {
            const id = freshBuildId();
            const start = testbed.on('start', id);
            const [stopped] = await Promise.all([testbed.on('stop', id), start]);

            if (!stopped.resolved) throw violation(`stop ${words(stopped)}`);
        }
    },
    {
        title: 'concurrent stops all resolve',
        why: 'the API stops a build that ends while a user aborts it',
        fix: 'let a second _stop join the first, or treat "not found" as success; static callsInTurn = true does this',
        async run(testbed) {
            const id = await testbed.startBuild();
            const stops = await Promise.all(Array.from({ length: 3 }, () => testbed.on('stop', id)));
            const failed = stops.find(({ resolved }) => !resolved);

            // If all of them reject, a single stop rejects too, which breaks another rule.
            if (failed && stops.some(({ resolved }) => resolved))
                throw violation(`one of three stops ${words(failed)}`);
        }
    },
    {
        title: 'cleanUp during a start resolves, and the start settles',
        why: 'on SIGTERM the API waits for cleanUp and for the calls in progress',
        fix: 'in _cleanUp, abort the starts in progress or wait for them',
        async run(testbed) {
            const start = testbed.on('start', freshBuildId());
            const [cleaned] = await Promise.all([testbed.cleanUp(), start]);

            if (!cleaned.resolved) throw violation(`cleanUp ${words(cleaned)}`);
        }
    }
];

/** Checks that need `observe.running`. */
const OBSERVED: Check[] = [
    {
        title: 'a build that is started twice concurrently runs once',
        why: 'a queue may deliver a start again; two launchers of one build overwrite each other',
        fix: 'let a second _start join the first, or reject; derive the name on the engine from the build id',
        async run(testbed) {
            const single = await testbed.startBuild();

            await testbed.eventually(async () => (await testbed.running(single)) > 0, testbed.startTimeout);
            const once = await testbed.running(single);
            const config = testbed.config();
            const id = Number(config.buildId);

            await Promise.all([testbed.call('start', config), testbed.call('start', config)]);
            await testbed.eventually(async () => (await testbed.running(id)) > 0, testbed.startTimeout);
            const twice = await testbed.running(id);

            if (twice > once)
                throw violation(`a build that is started once has ${once} running, this one has ${twice}`);
        }
    },
    {
        title: 'a stop during a start leaves nothing running',
        why: 'nobody stops the build a second time',
        fix: 'in _stop, abort the start in progress or wait for it before you end the build',
        async run(testbed) {
            // A stop that always leaves something running breaks another rule.
            const plain = await testbed.startBuild();

            await testbed.on('stop', plain);
            if (!(await testbed.ends(plain))) return;
            for (const moment of MOMENTS) await expectStop(testbed, moment);
        }
    },
    {
        title: 'a start during a stop leaves the build in the state that it reports',
        why: 'nobody fails a build that is reported to run but does not',
        fix: 'in _start, wait for a stop of the build in progress, or reject; static callsInTurn = true does this. Do not take a container that has ended for the build',
        async run(testbed) {
            const id = await testbed.startBuild();
            const runs = async () => (await testbed.running(id)) > 0;

            // A start that never makes a build run breaks another rule.
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
    rejects: 'a second start rejects with an Error that does not show the token',
    joins: 'a second start joins the first'
};

function duplicateStart(behaviour: keyof typeof DUPLICATE_START): Check {
    return {
        title: DUPLICATE_START[behaviour],
        why: 'a queue may deliver a start again: if that rejects often enough, the worker fails a healthy build',
        fix: "resolve from _start for a build that already exists; set duplicateStart: 'rejects' only if you must reject",
        async run(testbed) {
            const config = testbed.config();

            await testbed.startBuild(config);
            const outcome = await testbed.call('start', config);
            const unwanted = outcome.resolved ? 'rejects' : 'joins';

            if (behaviour === unwanted) throw violation(`the second start ${words(outcome)}`);
            if (outcome.resolved) return;
            if (!isError(outcome.error)) throw violation(`the second start ${words(outcome)}`);
            if (showsToken(everythingIn(outcome.error), config.token)) {
                throw violation(`the error of the second start shows the token: ${words(outcome)}`);
            }
        }
    };
}

/** Repeated and concurrent calls. */
export const idempotency = group(
    'idempotency',
    ({ duplicateStart: behaviour = 'joins', observe }) => [
        ...CHECKS,
        duplicateStart(behaviour),
        ...(observe?.running ? OBSERVED : [])
    ],
    { 'observe.running': 'what runs after a concurrent start and stop' }
);
