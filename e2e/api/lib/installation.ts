import { createHash } from 'node:crypto';
import fs = require('node:fs');
import path = require('node:path');
import { packInto } from '../../../test/support/pack';
import { run } from './command';

const HERE = path.resolve(__dirname, '..');
export const MODULES = path.join(HERE, 'node_modules');
const STAMP = path.join(MODULES, '.installation');
const BASE = 'screwdriver-executor-base';

/**
 * Prepares the real API in the folder of these tests: npm installs it on first use, then the package under test
 * replaces every executor base in the tree.
 *
 * The lock file pins a published base, and the overrides ensure that the tree has only one. Its content is replaced
 * before every run: a lock file with our own tarball would be outdated by each line that we change.
 */
export async function install(): Promise<void> {
    await installPackages();
    for (const copy of copiesOfBase()) packInto(copy);
}

async function installPackages(): Promise<void> {
    const wanted = createHash('sha256')
        .update(fs.readFileSync(path.join(HERE, 'package-lock.json')))
        .update(`${process.platform} ${process.arch}`)
        .digest('hex');

    if (fs.existsSync(STAMP) && fs.readFileSync(STAMP, 'utf8') === wanted) {
        console.log('The Screwdriver API is installed already.');

        return;
    }
    console.log('Installing the Screwdriver API, once: about 1050 packages, then SQLite from source. Takes minutes.');
    await run('npm', ['ci', '--ignore-scripts', '--loglevel=error'], { cwd: HERE, progress: foldersSoFar });
    await run('npm', ['rebuild', 'sqlite3', '--loglevel=error'], {
        cwd: HERE,
        env: {
            ...process.env,
            // Otherwise sqlite3 first looks for a binary outside the registry.
            npm_config_build_from_source: 'true',
            // A few kilobytes of data do not need an optimized SQLite, and this halves the time of the compiler.
            CFLAGS: '-O0',
            CXXFLAGS: '-O0'
        },
        progress: () => 'compiling SQLite'
    });
    fs.writeFileSync(STAMP, wanted);
}

function foldersSoFar(): string {
    return `${fs.existsSync(MODULES) ? fs.readdirSync(MODULES).length : 0} folders in node_modules`;
}

/** The folder of every package in the tree that is named as the executor base, at any depth. */
export function copiesOfBase(): string[] {
    return fs
        .readdirSync(MODULES, { recursive: true, encoding: 'utf8' })
        .filter(file => /(^|\/)node_modules\/[^/]+\/package\.json$/.test(`node_modules/${file}`))
        .map(file => path.join(MODULES, file))
        .filter(file => JSON.parse(fs.readFileSync(file, 'utf8')).name === BASE)
        .map(file => path.dirname(file));
}
