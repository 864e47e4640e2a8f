import { freshBuildId } from '../testing/configs';
import { violation } from './finding';
import { group, type Check } from './group';
import { isError, words } from './outcome';
import type { ConfiguredOperation } from './options';

/** What an operation does if the executor does not implement it. Every executor must implement the others. */
export const UNSUPPORTED: Record<Exclude<ConfiguredOperation, 'start' | 'stop'>, 'rejects' | 'resolves'> = {
    status: 'rejects',
    startPeriodic: 'rejects',
    stopPeriodic: 'rejects',
    startFrozen: 'rejects',
    stopFrozen: 'rejects',
    unzipArtifacts: 'rejects',
    enqueueWebhook: 'rejects',
    verify: 'resolves',
    startTimer: 'resolves',
    stopTimer: 'resolves'
};

function refuses(operation: ConfiguredOperation): Check {
    return {
        title: `${operation} is supported, or rejects with "Not implemented"`,
        why: 'the API uses its fallback only if the message is exactly that',
        fix: `implement _${operation}, not ${operation}; or leave both alone`,
        async run(testbed) {
            if (testbed.executor.supports(operation)) return;
            const outcome = await testbed.on(operation, freshBuildId());

            if (outcome.resolved || !isError(outcome.error) || outcome.error.message !== 'Not implemented') {
                throw violation(`${operation} ${words(outcome)}`);
            }
        }
    };
}

function ignores(operation: ConfiguredOperation): Check {
    return {
        title: `${operation} is supported, or resolves with undefined`,
        why: 'its callers call it for every build, whether the executor implements it or not',
        fix: `implement _${operation}, not ${operation}; or leave both alone`,
        async run(testbed) {
            if (testbed.executor.supports(operation)) return;
            const outcome = await testbed.on(operation, freshBuildId());

            if (!outcome.resolved || outcome.value !== undefined) throw violation(`${operation} ${words(outcome)}`);
        }
    };
}

const SUPPORTS: Check[] = [
    {
        title: 'supports returns true for start and stop',
        why: 'every executor must start and stop builds',
        fix: 'implement _start and _stop, and leave supports to the base',
        run({ executor }) {
            const missing = ['start', 'stop'].filter(operation => executor.supports(operation) !== true);

            if (missing.length > 0) throw violation(`supports does not return true for ${missing.join(' and ')}`);

            return Promise.resolve();
        }
    },
    {
        title: 'supports returns false for an unknown operation',
        why: 'a caller may ask for the operations of a newer base',
        fix: 'leave supports to the base',
        run({ executor }) {
            if (executor.supports('launchRocket') !== false) throw violation('supports did not return false');

            return Promise.resolve();
        }
    }
];

/** What the executor supports, and how it answers the other operations. */
export const support = group('support', () => [
    ...SUPPORTS,
    ...Object.entries(UNSUPPORTED).map(([operation, byDefault]) =>
        (byDefault === 'rejects' ? refuses : ignores)(operation as ConfiguredOperation)
    )
]);
