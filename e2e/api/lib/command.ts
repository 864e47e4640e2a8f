import { execFile, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

/** Runs a command with its output on ours. Prints a line of `progress` every 15 s, since npm is silent for minutes. */
export async function run(
    command: string,
    args: string[],
    { progress, ...options }: SpawnOptions & { progress: () => string }
): Promise<void> {
    const begin = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
    const ticks = setInterval(() => {
        const seconds = Math.round((performance.now() - begin) / 1000);

        console.log(`  … ${command} ${args[0]}: ${seconds} s, ${progress()}`);
    }, 15_000);
    const end = () => child.kill();

    process.once('exit', end);
    try {
        const [code, signal] = await once(child, 'exit');

        if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${signal ?? code}`);
    } finally {
        clearInterval(ticks);
        process.removeListener('exit', end);
    }
}

/** Resolves with what a command prints. */
export async function outputOf(command: string, args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(command, args, { maxBuffer: 2 ** 26 });

    return stdout;
}
