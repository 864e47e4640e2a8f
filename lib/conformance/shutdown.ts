import { isRetryable } from '../executor';
import { freshBuildId } from '../testing/configs';
import { violation } from './finding';
import { group, type Check } from './group';
import { OpenThings } from './open-things';
import { words } from './outcome';
import type { Testbed } from './testbed';

const CHECKS: Check[] = [
    {
        title: 'cleanUp resolves after a start',
        why: 'the API calls it on SIGTERM and waits 30 s; a rejection hides other problems',
        fix: 'in _cleanUp, release what this process holds, and resolve',
        async run(testbed) {
            await testbed.startBuild();
            const outcome = await testbed.cleanUp();

            if (!outcome.resolved) throw violation(`cleanUp ${words(outcome)}`);
        }
    },
    {
        title: 'the process can exit after a start and cleanUp',
        why: 'a process that cannot exit is killed after 30 s, whatever it is doing',
        fix: 'close sockets, watchers and intervals in _cleanUp; unref what may stay, such as a child process',
        async run(testbed) {
            await testbed.startBuild();
            await expectExit(testbed);
        }
    },
    {
        title: 'the process can exit after startTimer and cleanUp',
        why: 'a timer of ninety minutes keeps the process alive for ninety minutes',
        fix: 'clear the timers in _cleanUp',
        async run(testbed) {
            await testbed.on('startTimer', await testbed.startBuild());
            await expectExit(testbed);
        }
    },
    {
        title: 'cleanUp leaves no listeners on process',
        why: 'each executor would add another listener, and one that ends the process ends it for everybody',
        fix: 'listen to signals in the program, not in the executor; otherwise remove the listener in _cleanUp',
        async run(testbed) {
            await testbed.startBuild();
            await testbed.cleanUp();
            const left = new OpenThings().listenersSince(testbed.before);

            if (left.length > 0) throw violation(`there are more listeners than before: ${left.join(', ')}`);
        }
    },
    {
        title: 'a start after cleanUp settles',
        why: 'requests still arrive while the API shuts down',
        fix: 'once the executor is closed, reject from _start, or work as before',
        async run(testbed) {
            await testbed.cleanUp();
            await testbed.on('start', freshBuildId());
        }
    }
];

/** Checks that need `observe.running`. */
const OBSERVED: Check[] = [
    {
        title: 'a start after cleanUp runs its build or rejects with a retryable error',
        why: 'a lost start leaves its build queued forever',
        fix: 'reject from _start with a retryable ExecutorError; static callsInTurn = true does this',
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
            throw violation(`the start ${words(started)}${started.resolved ? ', but its build does not run' : ''}`);
        }
    }
];

/** Closes the kit's own server first: its sockets, and the connections to it, do not belong to the executor. */
async function expectExit(testbed: Testbed): Promise<void> {
    await testbed.cleanUp();
    await testbed.api.close();
    const left = () => new OpenThings().resourcesSince(testbed.before);

    if (!(await testbed.eventually(() => left().length === 0))) {
        throw violation(`these still keep the process alive: ${left().join(', ')}`);
    }
}

/** What is left when the process is told to exit. */
export const shutdown = group('shutdown', ({ observe }) => [...CHECKS, ...(observe?.running ? OBSERVED : [])], {
    'observe.running': 'whether a start after cleanUp runs its build'
});
