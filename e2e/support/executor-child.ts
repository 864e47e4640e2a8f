/**
 * An executor of `examples/` in a process of its own: does what its parent tells it (`{ id, operation, config }`) and says how
 * that has gone (`{ id, value }` or `{ id, error }`). On SIGTERM it shuts down.
 */
import type Executor = require('screwdriver-executor-base');
import type { Call } from './executor-process';

const [, , example = '', options = '{}'] = process.argv;
const Example = require(`../../examples/${example}/lib/executor`) as new (options: object) => Executor;
const executor = new Example(JSON.parse(options) as object);

process.on('message', async ({ id, operation, config }: Call) => {
    const [outcome] = await Promise.allSettled([executor[operation](config as never)]);
    const { value, reason } = outcome as { value?: unknown; reason?: unknown };

    process.send?.({ id, value, error: reason });
});
process.once('SIGTERM', async () => {
    await executor.cleanUp();
    process.disconnect();
});
