import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import KubernetesExecutor = require('../../examples/kubernetes-executor/lib/executor');
import type { StartConfig } from 'screwdriver-executor-base';
import type { Options } from '../../examples/kubernetes-executor/lib/settings';

/** What a worker does: `cleanUp` follows a start, and then the process must end by itself. */
export type Operation = 'start' | 'stop' | 'verify' | 'cleanUp';
type Call = { options: Options; operation: Operation; config: StartConfig };
/** The outcome of the call. */
export type Outcome = { value?: unknown; code?: string };

/**
 * Makes one call of an executor in a separate process, which ends with the call whatever else runs there, as
 * Screwdriver's worker for build clusters does.
 *
 * @param options the executor's
 */
export function call(options: Options, operation: Operation, config: StartConfig) {
    const child = spawn(process.execPath, ['-r', 'tsx/cjs', __filename], { stdio: ['pipe', 'pipe', 'inherit'] });
    const printed = text(child.stdout);

    child.stdin.end(JSON.stringify({ options, operation, config }));

    return {
        /** Ends the process as a crash does. Resolves when it is gone. */
        async kill() {
            child.kill('SIGKILL');
            await printed;
        },
        /** @param name for example SIGSTOP, which suspends the process */
        signal: (name: NodeJS.Signals) => child.kill(name),
        outcome: async () => JSON.parse(await printed) as Outcome
    };
}

async function main() {
    const { options, operation, config } = JSON.parse(await text(process.stdin)) as Call;
    const executor = new KubernetesExecutor(options);
    const work =
        operation === 'cleanUp' ? executor.start(config).then(() => executor.cleanUp()) : executor[operation](config);
    const outcome = await work.then(
        (value: unknown) => ({ value }),
        ({ code }) => ({ code })
    );

    process.stdout.write(JSON.stringify(outcome), () => operation !== 'cleanUp' && process.exit());
}

if (require.main === module) void main();
