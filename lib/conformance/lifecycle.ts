import { freshBuildId } from '../testing/configs';
import { violation } from './finding';
import { group, type Check } from './group';
import { isError, withoutNumbers, words, type Outcome } from './outcome';
import type { StartConfig } from '../executor';

const CHECKS: Check[] = [
    {
        title: 'start accepts a build of a pull request',
        why: 'its job name contains a colon, and its config has keys that other builds lack',
        fix: 'derive names for the engine from the build id, and escape the values of labels',
        async run(testbed) {
            const config = testbed.config({ isPR: true, prNum: 7, jobName: 'PR-7:main', prParentJobId: 3 });

            await testbed.expectStart(config);
        }
    },
    {
        title: 'start accepts a config that was serialized as JSON',
        why: 'workers get their configs from a queue as JSON, without the model in build and without functions',
        fix: 'read buildId and other values from the config, not from config.build, and do not use tokenGen',
        async run(testbed) {
            const wire = JSON.parse(JSON.stringify(testbed.config({ build: undefined }))) as StartConfig;

            await testbed.expectStart(wire);
        }
    },
    {
        title: 'a numeric buildId and the same id as a string are one build',
        why: 'a numeric string passes validation and reaches the hooks as it is',
        fix: 'key builds by Executor.buildIdFrom(config)',
        async run(testbed) {
            const id = freshBuildId();

            await testbed.expectStart(testbed.configFor('start', String(id)));
            const [byText, byNumber] = [await testbed.on('status', String(id)), await testbed.on('status', id)];

            if (withoutNumbers(words(byText)) !== withoutNumbers(words(byNumber))) {
                throw violation(`status of '${id}' ${words(byText)}, status of ${id} ${words(byNumber)}`);
            }
        }
    },
    {
        title: 'verify does not fail a running build',
        why: 'a worker fails the build with any non-empty string that verify resolves with',
        fix: "resolve with '' from _verify for a build that came up, and report its progress in _status",
        async run(testbed) {
            const outcome = await testbed.on('verify', await testbed.startBuild());

            if (!outcome.resolved || outcome.value) throw violation(`verify ${words(outcome)}`);
        }
    },
    {
        title: 'status describes a started build',
        why: 'people read it',
        fix: 'resolve with a string from _status',
        async run(testbed) {
            const outcome = await testbed.on('status', await testbed.startBuild());

            if (testbed.executor.supports('status') && !(outcome.resolved && isText(outcome.value))) {
                throw violation(`status ${words(outcome)}`);
            }
        }
    },
    {
        title: 'stop of a running build resolves',
        why: 'a stop that rejects leaves the build running, and its caller is told that the stop failed',
        fix: 'resolve from _stop once the build has ended',
        async run(testbed) {
            const outcome = await testbed.on('stop', await testbed.startBuild());

            if (!outcome.resolved) throw violation(`stop ${words(outcome)}`);
        }
    },
    {
        title: 'status of an unknown build resolves with a string or rejects with an Error',
        why: 'a build may have ended, or run on another engine: undefined says neither',
        fix: "resolve with a string such as 'not found' from _status, or reject with an Error",
        async run(testbed) {
            expectAnswer('status', await testbed.on('status', freshBuildId()));
        }
    },
    {
        title: 'verify of an unknown build resolves with a string or rejects with an Error',
        why: 'callers have treated undefined as success',
        fix: 'resolve with a string from _verify that says that the build was not found, or reject with an Error',
        async run(testbed) {
            if (!testbed.executor.supports('verify')) return;
            expectAnswer('verify', await testbed.on('verify', freshBuildId()));
        }
    },
    {
        title: 'startTimer accepts the config of the API, which has no apiUri',
        why: 'the API starts the timer when the build runs, and does not pass an apiUri',
        fix: 'keep the apiUri from start if _startTimer needs it',
        async run(testbed) {
            const outcome = await testbed.on('startTimer', await testbed.startBuild());

            if (!outcome.resolved) throw violation(`startTimer ${words(outcome)}`);
        }
    },
    {
        title: 'stopTimer of a running timer resolves',
        why: 'the API stops the timer of every build that has ended',
        fix: 'resolve from _stopTimer once the timer is gone',
        async run(testbed) {
            const id = await testbed.startBuild();

            await testbed.on('startTimer', id);
            const outcome = await testbed.on('stopTimer', id);

            if (!outcome.resolved) throw violation(`stopTimer ${words(outcome)}`);
        }
    }
];

/** Checks that need `observe.running`. */
const OBSERVED: Check[] = [
    {
        title: 'a started build runs on the engine',
        why: 'a start that resolves true tells the API that the build is on its way',
        fix: 'resolve from _start only when the engine has taken the build; resolve with false to have it queued again',
        async run(testbed) {
            const id = await testbed.startBuild();

            if (!(await testbed.eventually(async () => (await testbed.running(id)) > 0, testbed.startTimeout))) {
                throw violation('nothing runs for the build although start has resolved');
            }
        }
    },
    {
        title: 'a stopped build leaves nothing running on the engine',
        why: 'what is left behind uses resources and holds the token of the build',
        fix: 'in _stop, end everything that _start has created',
        async run(testbed) {
            const id = await testbed.startBuild();

            await testbed.on('stop', id);
            if (!(await testbed.ends(id))) {
                throw violation(`the build still has ${await testbed.running(id)} running after stop has resolved`);
            }
        }
    },
    {
        title: 'verify does not report success for a build that is gone',
        why: 'an empty string means success',
        fix: 'resolve with a string from _verify, or reject, if the engine does not have the build',
        async run(testbed) {
            const id = await testbed.startBuild();

            await testbed.on('stop', id);
            await testbed.ends(id);
            if (!testbed.executor.supports('verify')) return;
            let outcome = await testbed.on('verify', id);
            // While the build is still ending, the string is rightly empty.
            const isTold = await testbed.eventually(async () => {
                outcome = await testbed.on('verify', id);

                return !outcome.resolved || Boolean(outcome.value);
            });

            if (!isTold) throw violation(`verify ${words(outcome)}`);
        }
    }
];

/** A string, which may be empty, or an Error. */
function expectAnswer(operation: string, outcome: Outcome): void {
    const isAnswer = outcome.resolved ? typeof outcome.value === 'string' : isError(outcome.error);

    if (!isAnswer) throw violation(`${operation} ${words(outcome)}`);
}

function isText(value: unknown): boolean {
    return typeof value === 'string' && value !== '';
}

/** The life of a build in an executor: start, verify, status, timer, stop. */
export const lifecycle = group('lifecycle', ({ observe }) => [...CHECKS, ...(observe?.running ? OBSERVED : [])], {
    'observe.running': 'whether a started build runs on the engine, and a stopped one leaves nothing there'
});
