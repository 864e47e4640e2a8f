import { freshBuildId } from '../testing/configs';
import { violation } from './finding';
import { group, type Check } from './group';
import { isError, words } from './outcome';
import type { ConfiguredOperation } from './options';

/** What an operation does where the executor does not implement it. The others have rules of their own. */
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
        title: `${operation} is supported, or rejects "Not implemented"`,
        why: 'the API falls back on another way only where the message is exactly that',
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
        title: `${operation} is supported, or resolves undefined`,
        why: 'the API calls it for every build, whether the executor implements it or not',
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
        title: 'supports says that start and stop are supported',
        why: 'an executor that cannot start and stop a build is none',
        fix: 'implement _start and _stop, and leave supports to the base',
        run({ executor }) {
            const missing = ['start', 'stop'].filter(operation => executor.supports(operation) !== true);

            if (missing.length > 0) throw violation(`supports answers no for ${missing.join(' and ')}`);

            return Promise.resolve();
        }
    },
    {
        title: 'supports says no to what is no operation',
        why: 'a caller may ask for the operations of a newer base',
        fix: 'leave supports to the base',
        run({ executor }) {
            if (executor.supports('launchRocket') !== false) throw violation('supports answers yes');

            return Promise.resolve();
        }
    }
];

/** What the executor says it can do, and what it answers to the rest. */
export const support = group('support', () => [
    ...SUPPORTS,
    ...Object.entries(UNSUPPORTED).map(([operation, byDefault]) =>
        (byDefault === 'rejects' ? refuses : ignores)(operation as ConfiguredOperation)
    )
]);
