import { AssertionError } from 'node:assert';
import { withoutSecrets } from '../executor';
import { Testbed } from './testbed';
import { isError, type Violation } from './outcome';
import { requireValid } from './valid-options';
import type { ConformanceOptions, Factory, TestedExecutor } from './options';

/** One rule, and how to see whether an executor keeps it. */
export interface Check {
    /** The rule, as a statement. */
    title: string;
    /** Why there is such a rule. */
    why: string;
    /** What to change in an executor that breaks it. */
    fix: string;
    /** The executor to try it on. @default the author's `factory` */
    factory?: Factory<TestedExecutor>;
    /** Throws where the rule is broken, with what has happened. */
    run(testbed: Testbed): Promise<void>;
}

/** Registers a group of checks with the author's runner. */
export type Group = <Executor extends TestedExecutor>(options: ConformanceOptions<Executor>) => void;

/** A group that can be run by itself. Its checks may depend on what the author lets the kit see. */
export function group(name: string, checksFor: (options: ConformanceOptions) => Check[]): Group {
    return given => {
        const options: unknown = given;

        requireValid(options);
        options.describe(name, () => {
            for (const check of checksFor(options)) register(check, options);
        });
    };
}

function register(check: Check, options: ConformanceOptions): void {
    const { startTimeout = 10_000, callTimeout = 5_000, gracePeriod = 0 } = options;
    // Every call is bounded by itself. The runner's own limit must only come after the last of them.
    const limit = 4 * startTimeout + 8 * callTimeout + gracePeriod;
    const test = options.it(check.title, () => run(check, options), limit) as { timeout?: unknown } | undefined;

    // jest and vitest read the third argument, node:test has no limit, mocha's test has a method.
    if (typeof test?.timeout === 'function') (test as { timeout(limit: number): void }).timeout(limit);
}

async function run(check: Check, options: ConformanceOptions): Promise<void> {
    try {
        await Testbed.with(options, check.factory ?? options.factory, testbed => check.run(testbed));
    } catch (error) {
        throw explain(check, error);
    }
}

function explain({ title, why, fix }: Check, error: unknown): AssertionError {
    const isViolation = isError(error) && error.name === 'AssertionError';
    const change = (isViolation && (error as Violation).fix) || fix;
    const happened = withoutSecrets(String(isError(error) ? (isViolation ? error.message : error.stack) : error));

    return new AssertionError({
        message: `${title}\n  What happened: ${happened}\n  Why: ${why}\n  What to change: ${change}`,
        stackStartFn: explain
    });
}
