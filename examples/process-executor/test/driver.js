'use strict';

// Starts a build on an executor of a process of its own, which a test can stop and kill at any moment:
// `node driver.js '{ "options", "config", "user", "processes" }'`. Says when start has been called, and how it has ended.
// `user` is who it runs as, `processes` how many processes and threads that user may have from the start on.

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
        // Node makes its threads when it first needs them, and dies where it cannot.
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
