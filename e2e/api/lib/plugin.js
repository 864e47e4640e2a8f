'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { MODULES } = require('./installation');

/**
 * Installs an executor of this repository in the API's tree, where it finds the one executor base and what else it
 * shares with the API. Not in a folder of NODE_PATH: the workspaces of the repository, with a base of their own, would
 * be found before that.
 *
 * @param source the executor's folder. What the API loads is built first
 */
function installPlugin(source) {
    const { name } = JSON.parse(fs.readFileSync(path.join(source, 'package.json'), 'utf8'));
    const folder = path.join(MODULES, name);

    execFileSync('npm', ['run', 'prepare', '--if-present', '--silent'], { cwd: source, stdio: 'inherit' });
    fs.rmSync(folder, { recursive: true, force: true });
    fs.cpSync(source, folder, { recursive: true, filter: file => path.basename(file) !== 'node_modules' });
}

module.exports = { installPlugin };
