import { violation } from './finding';
import { group, type Check } from './group';
import { isError, words } from './outcome';

const CHECKS: Check[] = [
    {
        title: 'verify resolves a text once it is supported',
        why: 'undefined is what an executor without _verify resolves with, and has counted as success by mistake',
        fix: "end every path of _verify with a text: '' for a build that came up, otherwise why it did not",
        async run(testbed) {
            const outcome = await testbed.on('verify', await testbed.startBuild());

            if (!testbed.executor.supports('verify') || !outcome.resolved) return;
            if (typeof outcome.value !== 'string') throw violation(`verify ${words(outcome)}`);
        }
    },
    {
        title: 'start settles when the API refuses the token, and rejects with an Error if it rejects',
        why: 'a refusal is final: a start that tries for ever holds a worker, and callers read error.message',
        fix: 'let the error of exchangeTokenForBuild pass, or throw an Error of your own with it as cause',
        async run(testbed) {
            const outcome = await testbed.refusedStart();

            if (!outcome.resolved && !isError(outcome.error)) throw violation(`start ${words(outcome)}`);
        }
    },
    {
        title: 'every operation answers with a promise, also to a config that it cannot use',
        why: 'callers chain .then and .catch, and what is thrown instead ends their process',
        fix: 'implement the hooks, and leave the public methods to the base',
        run(testbed) {
            for (const operation of ['start', 'stop', 'verify', 'status', 'startTimer', 'stopTimer'] as const) {
                expectPromise(operation, () => testbed.executor[operation]({}));
            }
            expectPromise('cleanUp', () => testbed.executor.cleanUp());

            return Promise.resolve();
        }
    }
];

function expectPromise(operation: string, call: () => unknown): void {
    let answer: unknown;

    try {
        answer = call();
    } catch (error) {
        throw violation(`${operation} threw ${words({ resolved: false, error })}`);
    }
    const { then } = (answer ?? {}) as Partial<Promise<unknown>>;

    if (typeof then !== 'function')
        throw violation(`${operation} returned ${words({ resolved: true, value: answer })}`);
    (answer as Promise<unknown>).then(
        () => {},
        () => {}
    );
}

/** What operations resolve and reject with. */
export const results = group('results', () => CHECKS);
