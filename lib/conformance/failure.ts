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
        title: 'start that rejects a refused token rejects with a classified Error',
        why: 'programs decide by code, kind and retryable, also when the error went through a queue as JSON',
        fix: `let the error of exchangeTokenForBuild pass, or ${CLASSIFY}`,
        async run(testbed) {
            const outcome = await testbed.refusedStart();

            if (!outcome.resolved && isError(outcome.error)) expectClassified(outcome.error);
        }
    },
    {
        title: "start that rejects a refused token tells the build's owner what to do",
        why: 'owners see no logs of the cluster: without userMessage they see a status code',
        fix: 'let the error of exchangeTokenForBuild pass, or give your ExecutorError a userMessage',
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
        why: 'programs decide by code, kind and retryable whether the build is queued again',
        fix: `catch what the engine's client throws, and ${CLASSIFY}; kind engine, timeout, capacity or authentication, retryable`,
        async run(testbed) {
            const outcome = await testbed.on('start', freshBuildId());

            if (outcome.resolved) throw await blamed(testbed, `start ${words(outcome)}`);
            expectClassified(outcome.error, ['engine', 'timeout', 'capacity', 'authentication']);
        }
    },
    {
        title: "start tells the build's owner what to do when the engine is down",
        why: 'owners see no logs of the cluster: "connect ECONNREFUSED" tells them nothing',
        fix: 'give the ExecutorError a userMessage: no host names, what to do next',
        async run(testbed) {
            const outcome = await testbed.on('start', freshBuildId());

            if (!outcome.resolved && lacksUserMessage(outcome.error)) {
                throw violation(`start ${words(outcome)}, without a userMessage`);
            }
        }
    },
    {
        title: 'verify is no success when the engine is down',
        why: 'an empty text counts as success, and a build that never came up then looks fine',
        fix: 'reject from _verify, or resolve a text that says that the engine cannot be asked',
        async run(testbed) {
            if (!testbed.executor.supports('verify')) return;
            const outcome = await testbed.on('verify', freshBuildId());

            if (outcome.resolved && !outcome.value) throw await blamed(testbed, `verify ${words(outcome)}`);
        }
    },
    {
        title: 'status rejects with an Error or says so when the engine is down',
        why: 'people read it to find out what is wrong',
        fix: 'reject from _status, or resolve a text that says that the engine cannot be asked',
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
        why: 'a stop that resolves tells the API that the build has ended, and it runs on',
        fix: 'swallow "not there" alone in _stop, not every error of the engine',
        async run(testbed) {
            const outcome = await testbed.on('stop', freshBuildId());

            if (outcome.resolved || !isError(outcome.error)) throw await blamed(testbed, `stop ${words(outcome)}`);
        }
    },
    {
        title: 'cleanUp resolves when the engine is down',
        why: 'the process ends anyway: one that fails to end is killed, and loses what others had to clean up',
        fix: 'let _cleanUp end what is in this process, whatever the engine says',
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
        why: 'a start that waits for ever holds a worker, and its build stays queued with no reason given',
        fix: "give the engine's client a timeout shorter than startTimeout; kind is timeout, retryable true",
        async run(testbed) {
            const outcome = await testbed.on('start', freshBuildId());

            if (outcome.resolved) throw await blamed(testbed, `start ${words(outcome)}`);
            expectClassified(outcome.error, ['timeout', 'engine']);
        }
    },
    ...(['stop', 'verify', 'status'] as const).map(operation => ({
        title: `${operation} settles in time when the engine does not answer`,
        why: 'callers wait for it, and so do those who wait for them',
        fix: "give the engine's client a timeout shorter than callTimeout",
        async run(testbed: Testbed) {
            await testbed.on(operation, freshBuildId());
        }
    })),
    {
        title: 'cleanUp resolves in time when the engine does not answer',
        why: 'the API gives it 30 s on SIGTERM, then it is killed',
        fix: "abort the engine's calls in flight in _cleanUp",
        async run(testbed) {
            const start = testbed.on('start', freshBuildId());
            const [outcome] = await Promise.all([testbed.cleanUp(), start]);

            if (!outcome.resolved) throw violation(`cleanUp ${words(outcome)}`);
        }
    }
];

/** Of what is no Error at all, another check speaks. */
function lacksUserMessage(error: unknown): boolean {
    if (!isError(error)) return false;
    const { userMessage } = error as { userMessage?: unknown };

    return !(typeof userMessage === 'string' && userMessage !== '');
}

/** Whether the executor is at fault, or the option that makes it: an engine that takes a build is neither down nor slow. */
async function blamed(testbed: Testbed, happened: string): Promise<Finding> {
    if (!(await takesBuilds(testbed))) return violation(happened);
    const must = {
        engineDown: 'make an executor whose engine cannot be reached: a port on which nothing listens any more',
        engineSlow: 'make an executor whose engine takes connections, and answers nothing for longer than startTimeout',
        factory: ''
    }[testbed.maker];

    return misuse(testbed.maker, `${happened}, and its engine takes builds`, must);
}

async function takesBuilds(testbed: Testbed): Promise<boolean> {
    const id = freshBuildId();
    const started = await testbed.on('start', id);

    if (!started.resolved) return false;
    if (testbed.options.observe?.running) return testbed.eventually(async () => (await testbed.running(id)) > 0);

    // What swallows the errors of a start seldom swallows those of a stop.
    return (await testbed.on('stop', id)).resolved;
}

function on(maker: Maker, { [maker]: option }: ConformanceOptions, checks: Check[]): Check[] {
    return typeof option === 'function' ? checks.map(check => ({ ...check, maker })) : [];
}

/** What the caller gets when the API, or the engine, does not do its part. */
export const failure = group(
    'failure',
    options => [...REFUSED, ...on('engineDown', options, DOWN), ...on('engineSlow', options, SLOW)],
    {
        engineDown: 'what callers and owners are told when the engine is down',
        engineSlow: 'whether calls settle when the engine does not answer'
    }
);
