import { violation } from './finding';
import { group, type Check } from './group';
import { outcomeOf, within, words } from './outcome';
import type { Testbed } from './testbed';

const REQUESTS = ['total', 'timeouts', 'success', 'failure', 'concurrent', 'averageTime'];
const WHY = "the API's GET /v4/stats answers 500 for any other key and for a number that is not finite";
const FIX =
    'return {} or { requests: { total, timeouts, success, failure, concurrent, averageTime }, breaker: { isClosed } }';

const CHECKS: Check[] = [
    {
        title: 'stats has the shape that the API accepts before the first build',
        why: WHY,
        fix: `${FIX}; mind the average over zero builds`,
        run: expectShape
    },
    {
        title: 'stats has the shape that the API accepts after a build',
        why: WHY,
        fix: FIX,
        async run(testbed) {
            await testbed.on('stop', await testbed.startBuild());
            await expectShape(testbed);
        }
    }
];

async function expectShape(testbed: Testbed): Promise<void> {
    const outcome = await within(
        testbed.callTimeout,
        outcomeOf(() => testbed.executor.stats({ token: '' }))
    );

    if (!outcome) throw violation(`stats did not settle within ${testbed.callTimeout} ms`);
    if (!outcome.resolved || !isShaped(outcome.value)) throw violation(`stats ${words(outcome)}`);
}

/** Judged by its JSON: that is what the API checks and sends. */
function isShaped(value: unknown): boolean {
    const { requests, breaker, ...rest } = (plain(value) ?? { rest: value }) as {
        requests?: Record<string, unknown>;
        breaker?: Record<string, unknown>;
    };

    return (
        Object.keys(rest).length === 0 &&
        (requests === undefined || (hasKeys(requests, REQUESTS) && Object.values(requests).every(Number.isFinite))) &&
        (breaker === undefined || (hasKeys(breaker, ['isClosed']) && typeof breaker.isClosed === 'boolean'))
    );
}

function plain(value: unknown): object | undefined {
    return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? (JSON.parse(JSON.stringify(value)) as object)
        : undefined;
}

function hasKeys(value: unknown, keys: string[]): boolean {
    return (
        Object.keys(plain(value) ?? {})
            .sort()
            .join() === [...keys].sort().join()
    );
}

/** The statistics that the API publishes. */
export const stats = group('stats', () => CHECKS);
