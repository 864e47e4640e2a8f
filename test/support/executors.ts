import Executor = require('screwdriver-executor-base');

/** What callers see of an executor. */
export type PublicExecutor = Pick<Executor, keyof Executor>;

/** The class as JavaScript sees it: only TypeScript calls it abstract. */
export const BareExecutor = Executor as unknown as new (config?: unknown) => PublicExecutor;

/** An executor whose hooks are assigned after construction. */
export function executorWith(hooks: Record<string, unknown>): PublicExecutor {
    return Object.assign(new BareExecutor(), hooks);
}

/** A public method by its name, as a caller in JavaScript would call it. */
export function call(executor: PublicExecutor, method: string, ...args: unknown[]): Promise<unknown> {
    return (executor as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>)[method]!(...args);
}

/** What a promise rejects with; fails where it resolves. */
export async function rejection(promise: Promise<unknown>): Promise<any> {
    let result: unknown;

    try {
        result = await promise;
    } catch (error) {
        return error;
    }
    throw new Error(`resolved with ${String(result)} instead of rejecting`);
}
