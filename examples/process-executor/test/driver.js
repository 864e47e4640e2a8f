'use strict';

// Starts a build on an executor in a separate process, which a test can stop and kill at any moment:
// `node driver.js '{ "options", "config", "user", "processes" }'`. Reports when start has been called, and how it has
// ended. `user` is the user that it runs as, `processes` the maximum number of that user's processes and threads from
// the start on.

const { execFileSync } = require('node:child_process');
const { stat } = require('node:fs/promises');
const ProcessExecutor = require('screwdriver-executor-process');

const { options, config, user, processes } = JSON.parse(process.argv[2]);
const say = text => process.stdout.write(`${text}\n`);

async function main() {
    if (user) {
        process.setgid(user);
        process.setuid(user);
    }
    const executor = new ProcessExecutor(options);

    process.on('SIGTERM', () => executor.cleanUp().finally(() => process.exit(0)));
    if (processes) {
        // Node creates its threads when it first needs them, and dies if it cannot.
        await stat('.');
        execFileSync('prlimit', [`--pid=${process.pid}`, `--nproc=${processes}`]);
    }
    const started = executor.start(config);

    say('started');
    await started.then(
        value => say(`resolved ${value}`),
        error => say(`rejected ${error.code} ${error.kind} ${error.retryable}`)
    );
}

main();
setInterval(() => {}, 60_000);
