import { freshBuildId } from '../testing/configs';
import { expectClassified } from './classified';
import { group, type Check } from './group';
import { isError, violation, words } from './outcome';
import type { Factory, TestedExecutor } from './options';

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
        fix: `catch what the engine's client throws, and ${CLASSIFY}`,
        async run(testbed) {
            const outcome = await testbed.on('start', freshBuildId());

            if (outcome.resolved) throw violation(`start ${words(outcome)}`);
            expectClassified(outcome.error);
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

            if (outcome.resolved && !outcome.value) throw violation(`verify ${words(outcome)}`);
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

            if (!isAnswer) throw violation(`status ${words(outcome)}`);
        }
    },
    {
        title: 'stop rejects with an Error when the engine is down',
        why: 'a stop that resolves tells the API that the build has ended, and it runs on',
        fix: 'swallow "not there" alone in _stop, not every error of the engine',
        async run(testbed) {
            const outcome = await testbed.on('stop', freshBuildId());

            if (outcome.resolved || !isError(outcome.error)) throw violation(`stop ${words(outcome)}`);
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

            if (outcome.resolved) throw violation(`start ${words(outcome)}`);
            expectClassified(outcome.error);
        }
    },
    ...(['stop', 'verify', 'status'] as const).map(operation => ({
        title: `${operation} settles in time when the engine does not answer`,
        why: 'callers wait for it, and so do those who wait for them',
        fix: "give the engine's client a timeout shorter than callTimeout",
        async run(testbed: Parameters<Check['run']>[0]) {
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

function on(factory: Factory<TestedExecutor> | undefined, checks: Check[]): Check[] {
    return factory ? checks.map(check => ({ ...check, factory })) : [];
}

/** What the caller gets when the API, or the engine, does not do its part. */
export const failure = group('failure', ({ engineDown, engineSlow }) => [
    ...REFUSED,
    ...on(engineDown, DOWN),
    ...on(engineSlow, SLOW)
]);
