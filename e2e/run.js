'use strict';

const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const { install } = require('../test/support/install');

const ROOT = join(__dirname, '..');

/**
 * Installs what the checks need on first use and runs them. Ends this process with the outcome of mocha.
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
        console.error(`No engine to run the checks on: ${error.message}\n${help}\n0 passed, 1 failed`);
        process.exit(1);
    }
    const folder = join(__dirname, name);

    process.exitCode = node(
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

function node(...args) {
    return spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
}

module.exports = { run };
