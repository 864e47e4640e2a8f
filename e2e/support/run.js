'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { join } = require('node:path');
const { install } = require('../../test/support/install');

const ROOT = join(__dirname, '../..');

/**
 * Installs what the checks need on first use and runs them. The exit code of this process is that of mocha.
 *
 * @param {string} name folder of the checks
 * @param {{ packages: string[], isThere: () => Promise<void>, help: string }} options the folders to install, what
 *   rejects where there is no engine, and how to get one
 */
async function run(name, { packages, isThere, help }) {
    for (const folder of packages) install(join(ROOT, folder));
    try {
        await isThere();
    } catch (error) {
        console.error(`The checks cannot run: ${error.message}\n${help}\n0 passed, 1 failed`);
        process.exit(1);
    }
    const folder = join(ROOT, 'e2e', name);

    process.exitCode = await node(
        // Mocha by itself passes over a rejection that nobody handles.
        '--unhandled-rejections=strict',
        require.resolve('mocha/bin/mocha.js'),
        '--no-config',
        // The published executors leave timers behind. Of our own, the conformance kit sees that they do not.
        ...['--reporter', join(__dirname, 'reporter.js'), '--timeout', '120000', '--sort', '--exit'],
        ...['--require', join(folder, 'hooks.js')],
        ...(process.argv.length > 2 ? process.argv.slice(2) : [join(folder, 'checks/*.e2e.js')])
    );
}

/** Resolves with the exit code. A signal is passed on and the end waited for: the checks take away what they have made. */
async function node(...args) {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });

    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    const [code] = await once(child, 'exit');

    return code ?? 1;
}

module.exports = { run };
