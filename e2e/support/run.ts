import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { install } from '../../test/support/install';

const ROOT = join(__dirname, '../..');

/**
 * Installs what the checks need on first use and runs them. The exit code of this process is that of mocha.
 *
 * @param name folder of the checks
 * @param options the folders to install, what rejects where there is no engine, and how to get one
 */
export async function run(
    name: string,
    { packages, isThere, help }: { packages: string[]; isThere: () => Promise<void>; help: string }
) {
    for (const folder of packages) install(join(ROOT, folder));
    try {
        await isThere();
    } catch (error) {
        console.error(`The checks cannot run: ${(error as Error).message}\n${help}\n0 passed, 1 failed`);
        process.exit(1);
    }
    const folder = join(ROOT, 'e2e', name);

    process.exitCode = await node(
        // Mocha ignores unhandled rejections by default.
        '--unhandled-rejections=strict',
        require.resolve('mocha/bin/mocha.js'),
        '--no-config',
        ...['--require', 'tsx/cjs'],
        // The published executors leave timers behind. The conformance kit checks that ours do not.
        ...['--reporter', join(__dirname, 'reporter'), '--timeout', '120000', '--sort', '--exit'],
        ...['--require', join(folder, 'hooks')],
        ...(process.argv.length > 2 ? process.argv.slice(2) : [join(folder, 'checks/*.e2e.{js,ts}')])
    );
}

/** Resolves with the exit code. Passes signals on and waits for the end, so that the checks can clean up. */
async function node(...args: string[]): Promise<number> {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });

    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
    const [code] = await once(child, 'exit');

    return code ?? 1;
}
