import { reportOf } from './report';
import { Testbed } from './testbed';
import { violation } from './finding';
import { requireValid } from './valid-options';
import type { Maker } from './calls';
import type { ConformanceOptions, TestedExecutor } from './options';

/** A rule and the reason for it. */
export interface Rule {
    /** The rule, as a statement. */
    title: string;
    why: string;
    /** What to change in an executor that breaks it. */
    fix: string;
}

/** A rule, and how to check whether an executor follows it. */
export interface Check extends Rule {
    /** The option that makes the executor under test. @default 'factory' */
    maker?: Maker;
    /** Throws with what happened if the rule is broken. */
    run(testbed: Testbed): Promise<void>;
}

/** An option that adds checks to a group. */
export type Missing =
    'second' | 'engineDown' | 'engineSlow' | 'annotations' | 'observe.running' | 'observe.args' | 'observe.logs';

/** Registers a group of checks with the author's runner. */
export interface Group {
    <Executor extends TestedExecutor>(options: ConformanceOptions<Executor>): void;
    /** The rules that are checked with these options. Runs nothing. */
    rules<Executor extends TestedExecutor>(options: ConformanceOptions<Executor>): Rule[];
}

/**
 * A group that can run alone.
 *
 * @param checksFor its checks, which may depend on the options
 * @param shows what is not checked without each option
 */
export function group(
    name: string,
    checksFor: (options: ConformanceOptions) => Check[],
    shows: Partial<Record<Missing, string>> = {}
): Group {
    function register(given: unknown): void {
        requireValid(given);
        given.describe(name, () => {
            for (const check of checksFor(given)) registerCheck(check, given);
            for (const [option, what] of Object.entries(shows)) {
                if (!isGiven(option, given)) registerMissing(option, what, given);
            }
        });
    }

    return Object.assign(register, { rules: (options: unknown) => checksFor(options as ConformanceOptions) });
}

function registerCheck(check: Check, options: ConformanceOptions): void {
    const { startTimeout = 10_000, callTimeout = 5_000, gracePeriod = 0 } = options;
    // Every call has its own limit. The runner's limit only has to be longer than all of them together.
    const limit = 6 * startTimeout + 12 * callTimeout + gracePeriod;
    const test = options.it(check.title, () => run(check, options), limit) as { timeout?: unknown } | undefined;

    // jest and vitest read the third argument, node:test has no limit, mocha's test has a method.
    if (typeof test?.timeout === 'function') (test as { timeout(limit: number): void }).timeout(limit);
}

async function run(check: Check, options: ConformanceOptions): Promise<void> {
    const rejections: Error[] = [];

    try {
        await Testbed.with(options, check.maker ?? 'factory', testbed => check.run(testbed), check.title, rejections);
    } catch (error) {
        throw reportOf(check, error, rejections);
    }
}

/** `'none'`, for an engine that cannot be down, counts as given. */
function isGiven(option: string, options: ConformanceOptions): boolean {
    const [first, second] = option.split('.') as ['observe', 'running' | undefined];
    const value = options[first];

    return (second === undefined ? value : value?.[second]) !== undefined;
}

/** The runner's `it`. The supported runners can skip as well. */
interface Register {
    (title: string, body: () => Promise<void>): unknown;
    skip?: Register;
}

/** Shows what was not checked: otherwise a run of green checks would look complete. */
function registerMissing(option: string, what: string, options: ConformanceOptions): void {
    const { it, complete } = options as { it: Register; complete?: boolean };
    const title = `not checked: ${what} (${option} is not given)`;

    if (complete) {
        const rule = {
            title,
            why: 'complete: true requires every check of the kit',
            fix: `pass ${option}, or remove complete`
        };

        it(title, () => Promise.reject(reportOf(rule, violation(`${option} is not given`), [])));
    } else (it.skip ?? it)(title, () => Promise.resolve());
}
