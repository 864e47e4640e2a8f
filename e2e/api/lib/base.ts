import type { PublicExecutor } from '../../../test/support/executors';

/** An executor of the base in the API's tree, which exists once the API is installed. */
export function newExecutor(): PublicExecutor {
    const Executor = require('screwdriver-executor-base') as new () => PublicExecutor;

    return new Executor();
}
