'use strict';

// Starts a build on an executor of a process of its own, which a test can stop and kill at any moment: `node driver.js
// '{ "options", "config" }'`. Says when start has been called, and how it has ended; goes on until it is killed.

const ProcessExecutor = require('screwdriver-executor-process');

const { options, config } = JSON.parse(process.argv[2]);
const executor = new ProcessExecutor(options);
const say = text => process.stdout.write(`${text}\n`);

executor.start(config).then(
    value => say(`resolved ${value}`),
    error => say(`rejected ${error.code} ${error.statusCode ?? ''}`)
);
say('started');
process.on('SIGTERM', () => executor.cleanUp().finally(() => process.exit(0)));
setInterval(() => {}, 60_000);
