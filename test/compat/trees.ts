import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs = require('node:fs');
import path = require('node:path');
import { packInto } from '../support/pack';

const CACHE = path.join(__dirname, '.cache');
export const BASE = 'screwdriver-executor-base';

/** The trees of packages from which the published executors are loaded. They differ only in the base. */
export const TREES = { upstream: path.join(CACHE, 'upstream'), ours: path.join(CACHE, 'ours') };

/**
 * Makes both trees. `upstream` is installed from the lock file, where `overrides` gives every executor
 * screwdriver-executor-base 11.1.0. `ours` is a copy of it in which the content of this package's tarball replaces the
 * base. Two installations could differ in more than the base, and a lock file with the tarball would change with every
 * line of code.
 *
 * The installation is kept while package.json and the lock file stay the same. This package is packed again each time.
 */
export function prepareTrees(): void {
    const key = cacheKey();
    const keyFile = path.join(CACHE, 'key');

    if (!fs.existsSync(keyFile) || fs.readFileSync(keyFile, 'utf8') !== key) {
        fs.rmSync(CACHE, { recursive: true, force: true });
        install();
        fs.writeFileSync(keyFile, key);
    }
    packInto(path.join(TREES.ours, 'node_modules', BASE));
    for (const tree of Object.values(TREES)) checkTree(tree);
}

function cacheKey(): string {
    const hash = createHash('sha256');

    for (const file of ['package.json', 'package-lock.json', 'trees.ts']) {
        hash.update(fs.readFileSync(path.join(__dirname, file)));
    }

    return hash.digest('hex');
}

function install(): void {
    console.log('Installing the published executors from npm, once (about 140 MB, one to three minutes) ...');
    fs.mkdirSync(TREES.upstream, { recursive: true });
    for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
        fs.copyFileSync(path.join(__dirname, file), path.join(TREES.upstream, file));
    }
    // No executor needs an install script. Those in the tree only build optional native add-ons.
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], TREES.upstream);
    prepareSuites();
    console.log('Copying the tree for the package in this folder ...');
    fs.cpSync(TREES.upstream, TREES.ours, { recursive: true, verbatimSymlinks: true });
}

/** The suites that jenkins and k8s-vm ship expect the base in their own node_modules, and k8s-vm's is skipped. */
function prepareSuites(): void {
    const modules = path.join(TREES.upstream, 'node_modules');
    const own = path.join(modules, 'screwdriver-executor-jenkins', 'node_modules', BASE);
    const suite = path.join(modules, 'screwdriver-executor-k8s-vm', 'test', 'index.test.js');

    fs.symlinkSync(path.join('..', '..', BASE), own);
    fs.writeFileSync(suite, fs.readFileSync(suite, 'utf8').replace("describe.skip('index'", "describe('index'"));
}

/** Checks that the tree has the same base everywhere, and its dependencies in versions that it accepts. */
function checkTree(tree: string): void {
    const modules = path.join(tree, 'node_modules');
    const base = path.join(modules, BASE);
    const copies = fs
        .readdirSync(modules, { recursive: true, encoding: 'utf8' })
        .filter(file => file.endsWith(path.join(BASE, 'package.json')))
        .map(file => fs.realpathSync(path.join(modules, file)));

    for (const copy of new Set(copies)) {
        if (copy !== path.join(base, 'package.json')) throw new Error(`Another copy of the base: ${copy}`);
    }
    const { satisfies } = require(path.join(modules, 'semver'));
    const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
        fs.readFileSync(path.join(base, 'package.json'), 'utf8')
    );

    for (const [name, range] of Object.entries(dependencies)) {
        const places = [path.join(base, 'node_modules'), modules].map(place => path.join(place, name, 'package.json'));
        const { version } = JSON.parse(fs.readFileSync(places.find(fs.existsSync)!, 'utf8'));

        if (!satisfies(version, range)) throw new Error(`${BASE} needs ${name} ${range}, the tree has ${version}`);
    }
}

function run(command: string, args: string[], cwd: string): void {
    const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' });

    if (status !== 0) throw new Error(`${command} ${args[0]} failed in ${cwd}`);
}
