'use strict';

/**
 * An executor in a process of its own: does what its parent tells it (`{ id, operation, config }`) and says how that has
 * gone (`{ id, value }` or `{ id, error }`). On SIGTERM it shuts down.
 */
const DockerExecutor = require('../../examples/docker-executor');

const executor = new DockerExecutor(JSON.parse(process.argv[2]));

process.on('message', async ({ id, operation, config }) => {
    const [outcome] = await Promise.allSettled([executor[operation](config)]);

    process.send({ id, value: outcome.value, error: outcome.reason });
});
process.once('SIGTERM', async () => {
    await executor.cleanUp();
    process.disconnect();
});
