'use strict';

const { spawn } = require('node:child_process');
const { text } = require('node:stream/consumers');

/**
 * Makes one call of an executor in a process of its own, which ends with it whatever else goes on there, as Screwdriver's
 * worker for build clusters does.
 *
 * @param {object} options the executor's
 * @param {'start' | 'stop' | 'verify' | 'cleanUp'} operation `cleanUp` follows a start, and the process is to end by itself
 * @param {object} config
 */
function call(options, operation, config) {
    const child = spawn(process.execPath, [__filename], { stdio: ['pipe', 'pipe', 'inherit'] });
    const printed = text(child.stdout);

    child.stdin.end(JSON.stringify({ options, operation, config }));

    return {
        /** Ends it as a crash does, and resolves when it is no more. */
        async kill() {
            child.kill('SIGKILL');
            await printed;
        },
        /** @param {NodeJS.Signals} name SIGSTOP, say: it falls asleep */
        signal: name => child.kill(name),
        /** What it came to: `{ value }`, or `{ code }` of the error. */
        outcome: async () => JSON.parse(await printed)
    };
}

async function main() {
    const KubernetesExecutor = require('../../examples/kubernetes-executor');
    const { options, operation, config } = JSON.parse(await text(process.stdin));
    const executor = new KubernetesExecutor(options);
    const work =
        operation === 'cleanUp' ? executor.start(config).then(() => executor.cleanUp()) : executor[operation](config);
    const outcome = await work.then(
        value => ({ value }),
        ({ code }) => ({ code })
    );

    process.stdout.write(JSON.stringify(outcome), () => operation !== 'cleanUp' && process.exit());
}

if (require.main === module) void main();

module.exports = { call };
