/** What each executor must end in. */
export const EXPECTED: Record<string, { isGreen: boolean; says: RegExp[] }>;

/** What is wrong with how a runner ends on an executor, or nothing. */
export function flawOf(runner: string, executor: string): Promise<string | undefined>;
