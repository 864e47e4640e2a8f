'use strict';

const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join, relative } = require('node:path');

const ROOT = join(__dirname, '..', '..');

/** Installs what the lock file has, unless the lock file is the one that was installed last. Ends this process where that fails. */
function install(folder) {
    const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
    const hash = createHash('sha256').update(lock).digest('hex');
    const mark = join(folder, 'node_modules/.installed');

    if (existsSync(mark) && readFileSync(mark, 'utf8') === hash) return;
    const packages = Object.keys(JSON.parse(lock).packages).filter(path => path.includes('node_modules/')).length;

    console.log(`Installing ${relative(ROOT, folder)}, once (${packages} packages, up to a minute) ...`);
    // Not `npm ci`: it asks for the optional packages of other systems, which not every registry has.
    const args = ['install', '--no-save', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];

    if (spawnSync('npm', args, { cwd: folder, stdio: 'inherit' }).status !== 0) process.exit(1);
    writeFileSync(mark, hash);
}

module.exports = { install };
