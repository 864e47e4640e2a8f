import { reportOf } from './report';
import { Testbed } from './testbed';
import { violation } from './finding';
import { requireValid } from './valid-options';
import type { Maker } from './calls';
import type { ConformanceOptions, TestedExecutor } from './options';

/** One rule, and why there is such a rule. */
export interface Rule {
    /** The rule, as a statement. */
    title: string;
    why: string;
    /** What to change in an executor that breaks it. */
    fix: string;
}

/** A rule, and how to see whether an executor keeps it. */
export interface Check extends Rule {
    /** The option that makes the executor to try it on. @default 'factory' */
    maker?: Maker;
    /** Throws where the rule is broken, with what has happened. */
    run(testbed: Testbed): Promise<void>;
}

/** An option without which a group has less to check. */
export type Missing =
    'second' | 'engineDown' | 'engineSlow' | 'annotations' | 'observe.running' | 'observe.args' | 'observe.logs';

/** Registers a group of checks with the author's runner. */
export interface Group {
    <Executor extends TestedExecutor>(options: ConformanceOptions<Executor>): void;
    /** The rules that are checked with such options. Nothing is run. */
    rules<Executor extends TestedExecutor>(options: ConformanceOptions<Executor>): Rule[];
}

/**
 * A group that can be run by itself.
 *
 * @param checksFor its checks, which may depend on what the author lets the kit see
 * @param shows what each option that may be missing would show
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
    // Every call is bounded by itself. The runner's own limit must only come after the last of them.
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

/** `'none'`, for an engine that cannot be down, is an answer, too. */
function isGiven(option: string, options: ConformanceOptions): boolean {
    const [first, second] = option.split('.') as ['observe', 'running' | undefined];
    const value = options[first];

    return (second === undefined ? value : value?.[second]) !== undefined;
}

/** The runner's `it`: the runners here skip as well. */
interface Register {
    (title: string, body: () => Promise<void>): unknown;
    skip?: Register;
}

/** What was not checked is seen: a run of green checks would look like a whole one. */
function registerMissing(option: string, what: string, options: ConformanceOptions): void {
    const { it, complete } = options as { it: Register; complete?: boolean };
    const title = `not checked: ${what} (${option} is not given)`;

    if (complete) {
        const rule = {
            title,
            why: 'complete asks for everything that the kit can check',
            fix: `give ${option}, or leave complete out`
        };

        it(title, () => Promise.reject(reportOf(rule, violation(`${option} is not given`), [])));
    } else (it.skip ?? it)(title, () => Promise.resolve());
}
