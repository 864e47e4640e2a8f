import { freshBuildId } from '../testing/configs';
import { group, type Check } from './group';
import { OpenThings } from './open-things';
import { violation, words } from './outcome';
import type { Bench } from './bench';

const CHECKS: Check[] = [
    {
        title: 'cleanUp resolves after a build was started',
        why: 'the API calls it on SIGTERM and waits 30 s; a rejection hides what else went wrong',
        fix: 'let _cleanUp end what is in this process, and resolve',
        async run(bench) {
            await bench.started();
            const outcome = await bench.cleanUp();

            if (!outcome.resolved) throw violation(`cleanUp ${words(outcome)}`);
        }
    },
    {
        title: 'the process can exit after cleanUp, with a build started',
        why: 'a process that cannot exit is killed after 30 s, in the midst of whatever it does',
        fix: 'close sockets, watchers and intervals in _cleanUp; unref what may stay, such as a child process',
        async run(bench) {
            await bench.started();
            await expectExit(bench);
        }
    },
    {
        title: 'the process can exit after cleanUp, with a timer started',
        why: 'a timer of ninety minutes holds the process for ninety minutes',
        fix: 'clear the timers in _cleanUp',
        async run(bench) {
            await bench.on('startTimer', await bench.started());
            await expectExit(bench);
        }
    },
    {
        title: 'no listener stays on process after cleanUp',
        why: 'each executor would leave one more, and one that ends the process ends it for all others',
        fix: 'listen to signals in the program, not in the executor; otherwise take the listener off in _cleanUp',
        async run(bench) {
            await bench.started();
            await bench.cleanUp();
            const left = new OpenThings().listenersSince(bench.before);

            if (left.length > 0) throw violation(`there are more listeners than before: ${left.join(', ')}`);
        }
    },
    {
        title: 'a start after cleanUp settles',
        why: 'requests still come in while the API ends',
        fix: 'let _start reject once the executor is closed, or work as before',
        async run(bench) {
            await bench.cleanUp();
            await bench.on('start', freshBuildId());
        }
    }
];

/** The kit's own server is closed first: its sockets, and those that lead to it, are not the executor's. */
async function expectExit(bench: Bench): Promise<void> {
    await bench.cleanUp();
    await bench.api.close();
    const left = () => new OpenThings().resourcesSince(bench.before);

    if (!(await bench.eventually(() => left().length === 0))) {
        throw violation(`these still hold the process: ${left().join(', ')}`);
    }
}

/** What is left when the process is told to end. */
export const shutdown = group('shutdown', () => CHECKS);
