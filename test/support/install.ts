import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './child';

/** Installs what the lock file has, unless the lock file is the one that was installed last. Ends this process where that fails. */
export function install(folder: string): void {
    const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
    const hash = createHash('sha256').update(lock).digest('hex');
    const mark = join(folder, 'node_modules/.installed');

    if (existsSync(mark) && readFileSync(mark, 'utf8') === hash) return;
    const { packages } = JSON.parse(lock) as { packages: object };
    const count = Object.keys(packages).filter(path => path.includes('node_modules/')).length;

    console.log(`Installing ${relative(ROOT, folder)}, once (${count} packages, up to a minute) ...`);
    // Not `npm ci`: it asks for the optional packages of other systems, which not every registry has.
    const args = ['install', '--no-save', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];

    if (spawnSync('npm', args, { cwd: folder, stdio: 'inherit' }).status !== 0) process.exit(1);
    writeFileSync(mark, hash);
}
