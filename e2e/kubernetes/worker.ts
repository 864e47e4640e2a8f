import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import KubernetesExecutor = require('../../examples/kubernetes-executor/lib/executor');
import type { StartConfig } from 'screwdriver-executor-base';
import type { Options } from '../../examples/kubernetes-executor/lib/settings';

/** What a worker is told to do: `cleanUp` follows a start, and the process is to end by itself. */
export type Operation = 'start' | 'stop' | 'verify' | 'cleanUp';
type Call = { options: Options; operation: Operation; config: StartConfig };
/** What it came to. */
export type Outcome = { value?: unknown; code?: string };

/**
 * Makes one call of an executor in a process of its own, which ends with it whatever else goes on there, as Screwdriver's
 * worker for build clusters does.
 *
 * @param options the executor's
 */
export function call(options: Options, operation: Operation, config: StartConfig) {
    const child = spawn(process.execPath, ['-r', 'tsx/cjs', __filename], { stdio: ['pipe', 'pipe', 'inherit'] });
    const printed = text(child.stdout);

    child.stdin.end(JSON.stringify({ options, operation, config }));

    return {
        /** Ends it as a crash does, and resolves when it is no more. */
        async kill() {
            child.kill('SIGKILL');
            await printed;
        },
        /** @param name SIGSTOP, say: it falls asleep */
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
