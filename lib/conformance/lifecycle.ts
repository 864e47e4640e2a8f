import { freshBuildId } from '../testing/configs';
import { violation } from './finding';
import { group, type Check } from './group';
import { isError, withoutNumbers, words, type Outcome } from './outcome';
import type { StartConfig } from '../executor';

const CHECKS: Check[] = [
    {
        title: "start takes a pull request's build",
        why: 'its job name holds a colon and it has keys that other builds lack',
        fix: 'make names for the engine from the build id, and escape what goes into labels',
        async run(testbed) {
            const config = testbed.config({ isPR: true, prNum: 7, jobName: 'PR-7:main', prParentJobId: 3 });

            await testbed.expectStart(config);
        }
    },
    {
        title: 'start takes a config that came over a wire',
        why: 'workers get their configs from a queue as JSON: without the model in build, without functions',
        fix: 'read buildId and the like from the config, not from config.build, and do without tokenGen',
        async run(testbed) {
            const wire = JSON.parse(JSON.stringify(testbed.config({ build: undefined }))) as StartConfig;

            await testbed.expectStart(wire);
        }
    },
    {
        title: 'a build is the same by number and by numeric string',
        why: 'a numeric string passes validation and reaches the hooks unconverted',
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
        title: 'verify has nothing against a build that runs',
        why: 'the API fails the build with any text that verify resolves with',
        fix: "resolve '' from _verify for a build that came up; what it is doing is the matter of status",
        async run(testbed) {
            const outcome = await testbed.on('verify', await testbed.startBuild());

            if (!outcome.resolved || outcome.value) throw violation(`verify ${words(outcome)}`);
        }
    },
    {
        title: 'status says in words how a started build does',
        why: 'people read it',
        fix: 'resolve a text from _status',
        async run(testbed) {
            const outcome = await testbed.on('status', await testbed.startBuild());

            if (testbed.executor.supports('status') && !(outcome.resolved && isText(outcome.value))) {
                throw violation(`status ${words(outcome)}`);
            }
        }
    },
    {
        title: 'stop ends a build that runs',
        why: 'a stop that rejects leaves the build running, and whoever stopped it is told that it failed',
        fix: 'let _stop resolve once the build has ended',
        async run(testbed) {
            const outcome = await testbed.on('stop', await testbed.startBuild());

            if (!outcome.resolved) throw violation(`stop ${words(outcome)}`);
        }
    },
    {
        title: 'status of an unknown build resolves a text or rejects with an Error',
        why: 'a build may have ended, or run on another engine: undefined says neither',
        fix: "resolve a text such as 'not found' from _status, or reject with an Error",
        async run(testbed) {
            expectAnswer('status', await testbed.on('status', freshBuildId()));
        }
    },
    {
        title: 'verify of an unknown build resolves a text or rejects with an Error',
        why: 'undefined has counted as success',
        fix: 'resolve a text from _verify that says that the build is not there, or reject with an Error',
        async run(testbed) {
            if (!testbed.executor.supports('verify')) return;
            expectAnswer('verify', await testbed.on('verify', freshBuildId()));
        }
    },
    {
        title: 'startTimer takes what the API passes, without an apiUri',
        why: 'the API starts the clock when the build runs, and passes no apiUri there',
        fix: 'remember the apiUri from start if _startTimer needs it',
        async run(testbed) {
            const outcome = await testbed.on('startTimer', await testbed.startBuild());

            if (!outcome.resolved) throw violation(`startTimer ${words(outcome)}`);
        }
    },
    {
        title: 'stopTimer stops a timer that was started',
        why: 'the API stops the clock of every build that has ended',
        fix: 'let _stopTimer resolve once the timer is gone',
        async run(testbed) {
            const id = await testbed.startBuild();

            await testbed.on('startTimer', id);
            const outcome = await testbed.on('stopTimer', id);

            if (!outcome.resolved) throw violation(`stopTimer ${words(outcome)}`);
        }
    }
];

/** Where the author lets the kit see what runs. */
const OBSERVED: Check[] = [
    {
        title: 'a started build runs on the engine',
        why: 'a start that resolves true tells the API that the build is on its way',
        fix: 'resolve from _start only when the engine has taken the build; resolve false to have it queued again',
        async run(testbed) {
            const id = await testbed.startBuild();

            if (!(await testbed.eventually(async () => (await testbed.running(id)) > 0, testbed.startTimeout))) {
                throw violation('nothing runs for the build after start has resolved');
            }
        }
    },
    {
        title: 'nothing of a stopped build runs on the engine',
        why: 'what is left behind takes room from other builds, and holds its token',
        fix: 'end everything that _start has made, in _stop',
        async run(testbed) {
            const id = await testbed.startBuild();

            await testbed.on('stop', id);
            if (!(await testbed.ends(id))) {
                throw violation(`${await testbed.running(id)} of the build still run after stop has resolved`);
            }
        }
    },
    {
        title: 'verify does not call a build that is gone a success',
        why: 'an empty text counts as success',
        fix: 'resolve a text from _verify, or reject, when the engine does not have the build',
        async run(testbed) {
            const id = await testbed.startBuild();

            await testbed.on('stop', id);
            await testbed.ends(id);
            if (!testbed.executor.supports('verify')) return;
            let outcome = await testbed.on('verify', id);
            // For as long as its end goes on, the text is rightly empty.
            const isTold = await testbed.eventually(async () => {
                outcome = await testbed.on('verify', id);

                return !outcome.resolved || Boolean(outcome.value);
            });

            if (!isTold) throw violation(`verify ${words(outcome)}`);
        }
    }
];

/** A text, also an empty one, or an Error. */
function expectAnswer(operation: string, outcome: Outcome): void {
    const isAnswer = outcome.resolved ? typeof outcome.value === 'string' : isError(outcome.error);

    if (!isAnswer) throw violation(`${operation} ${words(outcome)}`);
}

function isText(value: unknown): boolean {
    return typeof value === 'string' && value !== '';
}

/** A build's way through an executor: start, verify, status, timer, stop. */
export const lifecycle = group('lifecycle', ({ observe }) => [...CHECKS, ...(observe?.running ? OBSERVED : [])], {
    'observe.running': 'whether a started build runs on the engine, and nothing of a stopped one'
});
