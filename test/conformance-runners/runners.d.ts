/** The expected result for each executor. */
export const EXPECTED: Record<string, { isGreen: boolean; says: RegExp[] }>;

/** What is wrong with a runner's result for an executor, if anything. */
export function flawOf(runner: string, executor: string): Promise<string | undefined>;
