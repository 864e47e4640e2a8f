import { execFileSync } from 'node:child_process';
import fs = require('node:fs');
import path = require('node:path');
import { MODULES } from './installation';

/**
 * Installs an executor of this repository in the API's tree, where it finds the only executor base and the other
 * packages that it shares with the API. A folder of NODE_PATH would not do: the workspaces of the repository, with
 * their own base, would be found first.
 *
 * @param source the executor's folder, which is built first
 */
export function installPlugin(source: string): void {
    const { name } = JSON.parse(fs.readFileSync(path.join(source, 'package.json'), 'utf8'));
    const folder = path.join(MODULES, name);

    execFileSync('npm', ['run', 'prepare', '--if-present', '--silent'], { cwd: source, stdio: 'inherit' });
    fs.rmSync(folder, { recursive: true, force: true });
    fs.cpSync(source, folder, { recursive: true, filter: file => path.basename(file) !== 'node_modules' });
}
