import { spawn } from 'node:child_process';
import fs = require('node:fs');
import path = require('node:path');

export const CACHE = path.join(__dirname, '.cache');
export const FULL = Boolean(process.env.MATRIX_FULL);

export interface Runtime {
    name: string;
    version: string;
    /** The program. */
    node: string;
}

/** The newest Node.js of each maintained line, from the packages with the binaries of npm's `node`. */
export const NEWEST = ['20', '22', '24', '26'].map(release);

/**
 * The runtimes of most tests: with --full all of them and the oldest of `engines`, otherwise the newest 20 and the
 * newest.
 */
export const RUNTIMES = FULL ? [release('20-oldest'), ...NEWEST] : [NEWEST[0]!, NEWEST.at(-1)!];

function release(name: string): Runtime {
    return {
        name,
        version: `v${(require(path.join(CACHE, 'node_modules', `node-${name}`, 'package.json')) as { version: string }).version}`,
        node: path.join(CACHE, 'node_modules', `node-${name}`, 'bin', 'node')
    };
}

/** Runs a program to its end. Returns its output, or throws with it if the program failed. */
export function run(
    command: string,
    args: string[],
    { cwd = CACHE, env = {} }: { cwd?: string; env?: NodeJS.ProcessEnv } = {}
): Promise<string> {
    const folder = path.dirname(command);
    const child = spawn(command, args, {
        cwd,
        env: { ...process.env, NODE_OPTIONS: '', PATH: `${folder}${path.delimiter}${process.env.PATH}`, ...env },
        stdio: ['ignore', 'pipe', 'pipe']
    });
    let output = '';

    for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
            output += text;
        });
    }

    return new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', code => {
            if (code === 0) resolve(output);
            else
                reject(
                    new Error(`${path.basename(command)} ${args.join(' ')} ended with ${code}:\n${output.slice(-4000)}`)
                );
        });
    });
}

/** Copies a subfolder to where the package can be required: next to its node_modules. */
export function place(folder: string): string {
    const target = path.join(CACHE, folder);

    fs.rmSync(target, { recursive: true, force: true });
    fs.cpSync(path.join(__dirname, folder), target, { recursive: true });

    return target;
}
