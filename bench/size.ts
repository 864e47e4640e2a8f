import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packInto } from '../test/support/pack';
import { print, verdict, type Result } from './table';

const BASE = 'screwdriver-executor-base';
const UPSTREAM = `${BASE}@11.1.0`;
/** Packages, this one included. */
const MOST = 13;

/** A package as the lock file has it. */
interface Package {
    version: string;
    dependencies?: Record<string, string>;
    optionalDependencies?: Record<string, string>;
}

/** The installed packages by path. */
interface Tree {
    packages: Record<string, Package>;
    sizes: Map<string, number>;
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(2);

/** Installs a package alone. Returns the bytes of each installed package by path. */
function install(specifier: string, folder: string): Tree {
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, 'package.json'), '{}');
    const options = ['--ignore-scripts', '--install-links', '--prefer-offline', '--no-audit', '--no-fund'];

    execFileSync('npm', ['install', ...options, '--loglevel=error', specifier], {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'inherit']
    });
    const lock = fs.readFileSync(path.join(folder, 'node_modules', '.package-lock.json'), 'utf8');
    const { packages } = JSON.parse(lock) as Tree;

    return { packages, sizes: new Map(Object.keys(packages).map(name => [name, sizeOf(path.join(folder, name))])) };
}

/** The bytes of a package's files, without the packages inside it. */
function sizeOf(folder: string): number {
    let bytes = 0;

    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
        const file = path.join(folder, entry.name);

        if (entry.isDirectory()) bytes += entry.name === 'node_modules' ? 0 : sizeOf(file);
        else if (entry.isFile()) bytes += fs.statSync(file).size;
    }

    return bytes;
}

/** The paths of a package and of all that it needs. */
function withDependencies(packages: Tree['packages'], start: string): Set<string> {
    const found = new Set<string>();
    const visit = (place: string) => {
        if (found.has(place)) return;
        found.add(place);
        const { dependencies, optionalDependencies } = packages[place]!;

        for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
            // As require looks for it: in the package's own folder, then in each above it.
            for (let above = place; ; above = above.slice(0, Math.max(0, above.lastIndexOf('/node_modules/')))) {
                const candidate = `${above}${above && '/'}node_modules/${name}`;

                if (packages[candidate]) visit(candidate);
                if (packages[candidate] || above === '') break;
            }
        }
    };

    visit(start);

    return found;
}

const nameOf = (place: string) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** The paths of a tree's packages that the other tree does not have in the same version, wherever. */
function unlike(tree: Tree, other: Tree): Set<string> {
    const identities = ({ packages }: Tree) =>
        Object.entries(packages).map(([place, { version }]) => nameOf(place) + version);
    const known = new Set(identities(other));

    return new Set(Object.keys(tree.packages).filter((place, at) => !known.has(identities(tree)[at]!)));
}

export const title = 'Installed size';

export function measure(): Result {
    const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'executor-base-size-'));

    try {
        const packed = path.join(temporary, 'packed');

        packInto(packed);
        const ours = install(packed, path.join(temporary, 'ours'));
        const theirs = install(UPSTREAM, path.join(temporary, 'theirs'));
        const sum = ({ sizes }: Tree, places: string[]) =>
            places.reduce((total, place) => total + sizes.get(place)!, 0);
        const row = (label: string, tree: Tree, places: string[]) => [
            label,
            places.length,
            megabytes(sum(tree, places)),
            ''
        ];
        const own = `node_modules/${BASE}`;
        const { dependencies = {} } = ours.packages[own]!;
        const rows = [
            [
                ...row('this package and all it needs', ours, [...ours.sizes.keys()]).slice(0, -1),
                verdict(ours.sizes.size <= MOST)
            ],
            row('11.1.0 and all it needs', theirs, [...theirs.sizes.keys()]),
            row('its own files: this package', ours, [own]),
            row('its own files: 11.1.0', theirs, [own])
        ];
        const counted = new Set([own]);
        const added = unlike(ours, theirs);
        const gone = unlike(theirs, ours);

        for (const name of Object.keys(dependencies)) {
            const needed = [...withDependencies(ours.packages, `node_modules/${name}`)];
            const places = needed.filter(place => added.has(place) && !counted.has(place));
            const names = places.map(nameOf);
            const replaced = [...gone].filter(place => names.includes(nameOf(place)) && place !== own);

            for (const place of places) counted.add(place);
            rows.push([
                `${name} ${ours.packages[`node_modules/${name}`]!.version} adds`,
                places.length - replaced.length,
                megabytes(sum(ours, places) - sum(theirs, replaced)),
                ''
            ]);
        }

        const copies =
            ours.sizes.size - theirs.sizes.size - rows.slice(4).reduce((total, [, count]) => total + Number(count), 0);

        rows.push(['further copies of what both have', copies, '', '']);

        return {
            columns: ['installation', 'packages', 'MB', `≤ ${MOST} packages`],
            rows,
            notes: [
                'The packed tarball of this package and 11.1.0, each installed alone into an empty folder; bytes of the files.',
                'Its own files are code, declarations, source maps and sources, the kit, the testing helpers and the command-line tool.',
                "@hapi/hoek is joi's helper under its maintained version number; joi needs an older one, which is now installed once for each package that needs it, instead of once in total. joi and screwdriver-data-schema come with 11.1.0 as well."
            ]
        };
    } finally {
        fs.rmSync(temporary, { recursive: true, force: true });
    }
}

if (require.main === module) void print({ title, measure });
