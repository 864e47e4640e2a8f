import { isRetryable } from '../executor';
import { freshBuildId } from '../testing/configs';
import { violation } from './finding';
import { group, type Check } from './group';
import { OpenThings } from './open-things';
import { words } from './outcome';
import type { Testbed } from './testbed';

const CHECKS: Check[] = [
    {
        title: 'cleanUp resolves after a build was started',
        why: 'the API calls it on SIGTERM and waits 30 s; a rejection hides what else went wrong',
        fix: 'let _cleanUp end what is in this process, and resolve',
        async run(testbed) {
            await testbed.startBuild();
            const outcome = await testbed.cleanUp();

            if (!outcome.resolved) throw violation(`cleanUp ${words(outcome)}`);
        }
    },
    {
        title: 'the process can exit after cleanUp, with a build started',
        why: 'a process that cannot exit is killed after 30 s, in the midst of whatever it does',
        fix: 'close sockets, watchers and intervals in _cleanUp; unref what may stay, such as a child process',
        async run(testbed) {
            await testbed.startBuild();
            await expectExit(testbed);
        }
    },
    {
        title: 'the process can exit after cleanUp, with a timer started',
        why: 'a timer of ninety minutes holds the process for ninety minutes',
        fix: 'clear the timers in _cleanUp',
        async run(testbed) {
            await testbed.on('startTimer', await testbed.startBuild());
            await expectExit(testbed);
        }
    },
    {
        title: 'no listener stays on process after cleanUp',
        why: 'each executor would leave one more, and one that ends the process ends it for all others',
        fix: 'listen to signals in the program, not in the executor; otherwise take the listener off in _cleanUp',
        async run(testbed) {
            await testbed.startBuild();
            await testbed.cleanUp();
            const left = new OpenThings().listenersSince(testbed.before);

            if (left.length > 0) throw violation(`there are more listeners than before: ${left.join(', ')}`);
        }
    },
    {
        title: 'a start after cleanUp settles',
        why: 'requests still come in while the API ends',
        fix: 'let _start reject once the executor is closed, or work as before',
        async run(testbed) {
            await testbed.cleanUp();
            await testbed.on('start', freshBuildId());
        }
    }
];

/** Where the author lets the kit see what runs. */
const OBSERVED: Check[] = [
    {
        title: 'a start after cleanUp runs its build, or rejects so that it is tried again',
        why: 'a start that is lost leaves its build queued for ever',
        fix: 'let _start reject with an ExecutorError that is retryable: static callsInTurn = true does it',
        async run(testbed) {
            const id = freshBuildId();

            await testbed.cleanUp();
            const started = await testbed.on('start', id);
            const runs = async () => (await testbed.running(id)) > 0;

            if (
                started.resolved
                    ? started.value === false || (await testbed.eventually(runs))
                    : isRetryable(started.error)
            ) {
                return;
            }
            throw violation(`the start ${words(started)}${started.resolved ? ', and its build does not run' : ''}`);
        }
    }
];

/** The kit's own server is closed first: its sockets, and those that lead to it, are not the executor's. */
async function expectExit(testbed: Testbed): Promise<void> {
    await testbed.cleanUp();
    await testbed.api.close();
    const left = () => new OpenThings().resourcesSince(testbed.before);

    if (!(await testbed.eventually(() => left().length === 0))) {
        throw violation(`these still hold the process: ${left().join(', ')}`);
    }
}

/** What is left when the process is told to end. */
export const shutdown = group('shutdown', ({ observe }) => [...CHECKS, ...(observe?.running ? OBSERVED : [])], {
    'observe.running': 'whether a start after cleanUp runs its build'
});
