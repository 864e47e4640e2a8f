/**
 * An executor in a process of its own: does what its parent tells it (`{ id, operation, config }`) and says how that has
 * gone (`{ id, value }` or `{ id, error }`). On SIGTERM it shuts down.
 */
import type { Call } from './workers';
import DockerExecutor = require('../../examples/docker-executor/lib/executor');

const executor = new DockerExecutor(JSON.parse(process.argv[2] ?? '{}'));

process.on('message', async ({ id, operation, config }: Call) => {
    const [outcome] = await Promise.allSettled([executor[operation](config as never)]);
    const { value, reason } = outcome as { value?: unknown; reason?: unknown };

    process.send?.({ id, value, error: reason });
});
process.once('SIGTERM', async () => {
    await executor.cleanUp();
    process.disconnect();
});
