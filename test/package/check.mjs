// Packs the package as `npm publish` would and looks at it as its users will: what is in it, how its types resolve,
// and whether it works where it is installed alone.
import { spawnSync } from 'node:child_process';
import { deepStrictEqual } from 'node:assert';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deadLinks, deadLinksOfRepository } from './links.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'screwdriver-executor-base-package-'));

function run(command, args, cwd = root) {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });

    if (status !== 0) throw new Error(`failed: ${command} ${args.join(' ')}\n${stdout}\n${stderr}`);

    return stdout;
}

function runBin(name, ...args) {
    return run(process.execPath, [join(root, 'node_modules', name), ...args]);
}

function filesBelow(path) {
    return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1));
}

function pack() {
    const [{ filename, files, size }] = Object.values(
        JSON.parse(run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]))
    );

    return { tarball: join(folder, filename), files: files.map(({ path }) => path), size };
}

/** The sources, what was built of each, the templates, the documents and the papers: nothing else, and nothing of a source that is gone. */
function checkFiles(files) {
    const sources = filesBelow('lib');
    const built = sources
        .filter(path => !path.endsWith('.d.ts'))
        .flatMap(path =>
            ['.js', '.js.map', '.d.ts', '.d.ts.map'].map(end => path.replace(/^lib(.*)\.ts$/, `dist$1${end}`))
        );
    const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'UPGRADING.md'].filter(name =>
        existsSync(join(root, name))
    );

    const documents = filesBelow('docs').filter(path => path.endsWith('.md'));
    const expected = [...sources, ...built, ...filesBelow('templates'), ...documents, ...papers];

    deepStrictEqual(files.toSorted(), [...expected, 'index.js', 'package.json'].sort());
}

/** In the package alone and in the repository. */
function checkLinks(files) {
    const pages = files.filter(path => path.endsWith('.md') && !path.startsWith('templates/'));
    const dead = [...deadLinks(root, pages, path => files.includes(path)), ...deadLinksOfRepository(root)];

    deepStrictEqual(dead, [], 'dead links');
}

/** Every way of resolving types, the old one included. @types is not asked for: the package has its own. */
function checkTypes(tarball) {
    runBin('@arethetypeswrong/cli/dist/index.js', '--no-definitely-typed', '--no-color', tarball);
}

function checkManifest(tarball) {
    runBin('publint/src/cli.js', 'run', '--strict', tarball);
}

function checkInstalled(tarball) {
    const consumer = join(folder, 'consumer');

    cpSync(join(here, 'consumer'), consumer, { recursive: true });
    writeFileSync(join(consumer, 'package.json'), '{ "private": true }');
    run('npm', ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', tarball], consumer);
    for (const program of readdirSync(join(here, 'consumer'))) run(process.execPath, [program], consumer);
    deepStrictEqual(JSON.parse(run('npm', ['query', '#joi'], consumer)).length, 1, 'copies of joi');
}

const begun = performance.now();

try {
    const { tarball, files, size } = pack();

    for (const check of [checkFiles, checkLinks, checkTypes, checkManifest, checkInstalled]) {
        check([checkFiles, checkLinks].includes(check) ? files : tarball);
        console.log(`ok ${check.name}`);
    }
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);

    console.log(`${files.length} files, ${Math.round(size / 1024)} KB packed (${seconds} s)`);
} finally {
    rmSync(folder, { recursive: true });
}
