import { freshBuildId } from '../testing/configs';
import { expectClassified } from './classified';
import { misuse, violation, type Finding } from './finding';
import { group, type Check } from './group';
import { isError, words } from './outcome';
import type { Maker } from './calls';
import type { ConformanceOptions } from './options';
import type { Testbed } from './testbed';

const CLASSIFY = 'reject with an ExecutorError: new Executor.ExecutorError(message, { code, kind, retryable, … })';

const REFUSED: Check[] = [
    {
        title: 'the Error of start for a refused token is classified',
        why: 'programs decide by code, kind and retryable, even after the error has gone through a queue as JSON',
        fix: `pass on the error of exchangeTokenForBuild, or ${CLASSIFY}`,
        async run(testbed) {
            const outcome = await testbed.refusedStart();

            if (!outcome.resolved && isError(outcome.error)) expectClassified(outcome.error);
        }
    },
    {
        title: "the Error of start for a refused token tells the build's owner what to do",
        why: 'owners cannot see the logs of the cluster: without userMessage they see only a status code',
        fix: 'pass on the error of exchangeTokenForBuild, or give your ExecutorError a userMessage',
        async run(testbed) {
            const outcome = await testbed.refusedStart();

            if (!outcome.resolved && lacksUserMessage(outcome.error)) {
                throw violation(`start ${words(outcome)}, without a userMessage`);
            }
        }
    }
];

const DOWN: Check[] = [
    {
        title: 'start rejects with a classified Error when the engine is down',
        why: 'programs use code, kind and retryable to decide whether to queue the build again',
        fix: `catch the errors of the engine's client, and ${CLASSIFY}; kind is engine, timeout, capacity or authentication, retryable true`,
        async run(testbed) {
            const outcome = await testbed.on('start', freshBuildId());

            if (outcome.resolved) throw await blamed(testbed, `start ${words(outcome)}`);
            expectClassified(outcome.error, ['engine', 'timeout', 'capacity', 'authentication']);
        }
    },
    {
        title: "start tells the build's owner what to do when the engine is down",
        why: 'owners cannot see the logs of the cluster, and "connect ECONNREFUSED" tells them nothing',
        fix: 'give the ExecutorError a userMessage that says what to do next, without host names',
        async run(testbed) {
            const outcome = await testbed.on('start', freshBuildId());

            if (!outcome.resolved && lacksUserMessage(outcome.error)) {
                throw violation(`start ${words(outcome)}, without a userMessage`);
            }
        }
    },
    {
        title: 'verify does not report success when the engine is down',
        why: 'an empty string means success, so a build that never came up looks fine',
        fix: 'reject from _verify, or resolve with a string that says that the engine cannot be reached',
        async run(testbed) {
            if (!testbed.executor.supports('verify')) return;
            const outcome = await testbed.on('verify', freshBuildId());

            if (outcome.resolved && !outcome.value) throw await blamed(testbed, `verify ${words(outcome)}`);
        }
    },
    {
        title: 'status rejects with an Error, or says that the engine is down',
        why: 'people read it to find out what is wrong',
        fix: 'reject from _status, or resolve with a string that says that the engine cannot be reached',
        async run(testbed) {
            const outcome = await testbed.on('status', freshBuildId());
            const isAnswer = outcome.resolved
                ? outcome.value && typeof outcome.value === 'string'
                : isError(outcome.error);

            if (!isAnswer) throw await blamed(testbed, `status ${words(outcome)}`);
        }
    },
    {
        title: 'stop rejects with an Error when the engine is down',
        why: 'a stop that resolves tells the API that the build has ended, but the build keeps running',
        fix: 'in _stop, ignore only "not found", not every error of the engine',
        async run(testbed) {
            const outcome = await testbed.on('stop', freshBuildId());

            if (outcome.resolved || !isError(outcome.error)) throw await blamed(testbed, `stop ${words(outcome)}`);
        }
    },
    {
        title: 'cleanUp resolves when the engine is down',
        why: 'the process is about to exit: if it cannot, it is killed before others have cleaned up',
        fix: 'in _cleanUp, release what this process holds, whatever the engine answers',
        async run(testbed) {
            await testbed.on('start', freshBuildId());
            const outcome = await testbed.cleanUp();

            if (!outcome.resolved) throw violation(`cleanUp ${words(outcome)}`);
        }
    }
];

const SLOW: Check[] = [
    {
        title: 'start rejects with a classified Error in time when the engine does not answer',
        why: 'a start that waits forever holds a worker, and its build stays queued without a reason',
        fix: "give the engine's client a timeout shorter than startTimeout; kind is timeout, retryable true",
        async run(testbed) {
            const outcome = await testbed.on('start', freshBuildId());

            if (outcome.resolved) throw await blamed(testbed, `start ${words(outcome)}`);
            expectClassified(outcome.error, ['timeout', 'engine']);
        }
    },
    ...(['stop', 'verify', 'status'] as const).map(operation => ({
        title: `${operation} settles in time when the engine does not answer`,
        why: 'callers wait for it, and others wait for those callers',
        fix: "give the engine's client a timeout shorter than callTimeout",
        async run(testbed: Testbed) {
            await testbed.on(operation, freshBuildId());
        }
    })),
    {
        title: 'cleanUp resolves in time when the engine does not answer',
        why: 'on SIGTERM the API waits 30 s for it, then the process is killed',
        fix: 'in _cleanUp, abort the calls to the engine that are in progress',
        async run(testbed) {
            const start = testbed.on('start', freshBuildId());
            const [outcome] = await Promise.all([testbed.cleanUp(), start]);

            if (!outcome.resolved) throw violation(`cleanUp ${words(outcome)}`);
        }
    }
];

/** Another check reports a value that is not an Error. */
function lacksUserMessage(error: unknown): boolean {
    if (!isError(error)) return false;
    const { userMessage } = error as { userMessage?: unknown };

    return !(typeof userMessage === 'string' && userMessage !== '');
}

/** Blames the executor, or the option that makes it if the engine takes builds: it is then neither down nor slow. */
async function blamed(testbed: Testbed, happened: string): Promise<Finding> {
    if (!(await takesBuilds(testbed))) return violation(happened);
    const must = {
        engineDown: 'make an executor whose engine cannot be reached: use a port on which nothing listens',
        engineSlow:
            'make an executor whose engine accepts connections but does not answer for longer than startTimeout',
        factory: ''
    }[testbed.maker];

    return misuse(testbed.maker, `${happened}, and its engine takes builds`, must);
}

async function takesBuilds(testbed: Testbed): Promise<boolean> {
    const id = freshBuildId();
    const started = await testbed.on('start', id);

    if (!started.resolved) return false;
    if (testbed.options.observe?.running) return testbed.eventually(async () => (await testbed.running(id)) > 0);

    // An executor that swallows the errors of a start rarely swallows those of a stop.
    return (await testbed.on('stop', id)).resolved;
}

function on(maker: Maker, { [maker]: option }: ConformanceOptions, checks: Check[]): Check[] {
    return typeof option === 'function' ? checks.map(check => ({ ...check, maker })) : [];
}

/** What callers get when the API or the engine fails. */
export const failure = group(
    'failure',
    options => [...REFUSED, ...on('engineDown', options, DOWN), ...on('engineSlow', options, SLOW)],
    {
        engineDown: 'what callers and owners are told when the engine is down',
        engineSlow: 'whether calls settle when the engine does not answer'
    }
);
