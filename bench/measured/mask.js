'use strict';

// A long, invalid config in a separate process: how long it blocks that process.
const { join } = require('node:path');
const Executor = require('../..');
const { CONFIGS } = require('./configs');

const file = require.resolve('screwdriver-data-schema', { paths: [join(__dirname, '..', '..')] });
const { start } = require(file).plugins.executor;
const config = { ...CONFIGS.start, jobName: `${'job name '.repeat(600_000)}?` };

const TASKS = {
    'this package': async () => {
        const { message } = await new Executor().start(config).catch(error => error);

        return message;
    },
    'Joi alone': async () => start.validate(config).error.message
};

process.on('message', async ({ task }) => {
    const begin = performance.now();
    const message = await TASKS[task]();
    const took = performance.now() - begin;

    if (message.length < config.jobName.length) throw new Error(`its message is short: ${message}`);
    process.send(took);
});
