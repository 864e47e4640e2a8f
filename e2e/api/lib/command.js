'use strict';

const { execFile, spawn } = require('node:child_process');
const { once } = require('node:events');
const { promisify } = require('node:util');

/** Runs a command with its output on ours, and a line every 15 s from `progress`: npm is silent for minutes. */
async function run(command, args, { progress, ...options }) {
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

/** What a command prints. */
async function outputOf(command, args, options) {
    const { stdout } = await promisify(execFile)(command, args, { maxBuffer: 2 ** 26, ...options });

    return stdout;
}

module.exports = { outputOf, run };
