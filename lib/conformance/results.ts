import { violation } from './finding';
import { group, type Check } from './group';
import { isError, shown, words } from './outcome';

const CHECKS: Check[] = [
    {
        title: 'a supported verify resolves with a string',
        why: 'an executor without _verify resolves with undefined, which callers have mistaken for success',
        fix: "end every path of _verify with a string: '' for a build that came up, otherwise the reason why it did not",
        async run(testbed) {
            const outcome = await testbed.on('verify', await testbed.startBuild());

            if (!testbed.executor.supports('verify') || !outcome.resolved) return;
            if (typeof outcome.value !== 'string') throw violation(`verify ${words(outcome)}`);
        }
    },
    {
        title: 'start settles when the API refuses the token, and any rejection is an Error',
        why: 'a refusal is final: a start that keeps trying holds a worker; and callers read error.message',
        fix: 'pass on the error of exchangeTokenForBuild, or throw your own Error with it as the cause',
        async run(testbed) {
            const outcome = await testbed.refusedStart();

            if (!outcome.resolved && !isError(outcome.error)) throw violation(`start ${words(outcome)}`);
        }
    },
    {
        title: 'every operation returns a promise, even for an invalid config',
        why: 'callers chain .then and .catch, and an error that is thrown instead ends their process',
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
        throw violation(`${operation} threw ${shown(error)}`);
    }
    const { then } = (answer ?? {}) as Partial<Promise<unknown>>;

    if (typeof then !== 'function') throw violation(`${operation} returned ${shown(answer)}`);
    (answer as Promise<unknown>).then(
        () => {},
        () => {}
    );
}

/** What operations resolve and reject with. */
export const results = group('results', () => CHECKS);
