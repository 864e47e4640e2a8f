'use strict';

const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const { install } = require('./install');

const ROOT = join(__dirname, '..', '..');

/**
 * Installs packages that have a lock file of their own, on first use, and runs their tests with `node --test`. Ends
 * this process with the outcome.
 *
 * @param {string[]} tests files, from the root, each beside the package.json of its package
 */
function runPackages(tests) {
    for (const test of tests) install(join(ROOT, test, '..'));
    const reporter = join(__dirname, 'node-test-reporter.mjs');
    const { status } = spawnSync(process.execPath, ['--test', `--test-reporter=${reporter}`, ...tests], {
        cwd: ROOT,
        stdio: 'inherit'
    });

    process.exitCode = status ?? 1;
}

module.exports = { runPackages };
