'use strict';

// npm run test:matrix [-- --full]: the runtimes, compilers, bundlers and test runners that the package is used with.

const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { prepareTrees } = require('../compat/trees');
const { packInto } = require('../support/pack');

const ROOT = path.join(__dirname, '..', '..');
const CACHE = path.join(__dirname, '.cache');

install();
packInto(path.join(CACHE, 'node_modules', 'screwdriver-executor-base'));
prepareTrees();

const { status } = spawnSync(
    process.execPath,
    [
        require.resolve('mocha/bin/mocha.js'),
        '--no-config',
        '--timeout=900000',
        `--reporter=${path.join(ROOT, 'test', 'support', 'summary-reporter.js')}`,
        path.join(__dirname, '*.test.js')
    ],
    { stdio: 'inherit', env: { ...process.env, MATRIX_FULL: process.argv.includes('--full') ? '1' : '' } }
);

process.exitCode = status ?? 1;

/** What was installed is kept as long as package.json and the lock file stay the same. */
function install() {
    const hash = createHash('sha256');

    for (const file of ['package.json', 'package-lock.json']) hash.update(fs.readFileSync(path.join(__dirname, file)));
    const key = hash.digest('hex');
    const keyFile = path.join(CACHE, 'key');

    if (fs.existsSync(keyFile) && fs.readFileSync(keyFile, 'utf8') === key) return;
    console.log(
        'Installing five Node.js releases, bundlers and test runners from npm, once (one to three minutes) ...'
    );
    fs.rmSync(CACHE, { recursive: true, force: true });
    fs.mkdirSync(CACHE, { recursive: true });
    for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
        fs.copyFileSync(path.join(__dirname, file), path.join(CACHE, file));
    }
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

    if (spawnSync('npm', args, { cwd: CACHE, stdio: 'inherit' }).status !== 0) throw new Error('npm ci failed');
    fs.writeFileSync(keyFile, key);
}
