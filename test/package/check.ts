// Packs the package as `npm publish` would and looks at it as its users will: what is in it, how its types resolve,
// and whether it works where it is installed alone.
import { spawnSync } from 'node:child_process';
import { deepStrictEqual } from 'node:assert';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/child';
import { deadLinks, deadLinksOfRepository } from './links';

const folder = mkdtempSync(join(tmpdir(), 'screwdriver-executor-base-package-'));

function run(command: string, args: string[], cwd = ROOT): string {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });

    if (status !== 0) throw new Error(`failed: ${command} ${args.join(' ')}\n${stdout}\n${stderr}`);

    return stdout;
}

function runBin(name: string, ...args: string[]): void {
    run(process.execPath, [join(ROOT, 'node_modules', name), ...args]);
}

function filesBelow(path: string): string[] {
    return readdirSync(join(ROOT, path), { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => join(entry.parentPath, entry.name).slice(ROOT.length + 1));
}

interface Packed {
    tarball: string;
    files: string[];
    /** In bytes. */
    size: number;
}

function pack(): Packed {
    const packed: object = JSON.parse(run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]));
    const [{ filename, files, size }] = Object.values<any>(packed);

    return { tarball: join(folder, filename), files: files.map(({ path }: { path: string }) => path), size };
}

/** The sources, what was built of each, the templates, the documents and the papers: nothing else, and nothing of a source that is gone. */
function checkFiles({ files }: Packed): void {
    const sources = filesBelow('lib');
    const built = sources
        .filter(path => !path.endsWith('.d.ts'))
        .flatMap(path =>
            ['.js', '.js.map', '.d.ts', '.d.ts.map'].map(end => path.replace(/^lib(.*)\.ts$/, `dist$1${end}`))
        );
    const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'UPGRADING.md'].filter(name =>
        existsSync(join(ROOT, name))
    );

    const documents = filesBelow('docs').filter(path => path.endsWith('.md'));
    const expected = [...sources, ...built, ...filesBelow('templates'), ...documents, ...papers];

    deepStrictEqual(files.toSorted(), [...expected, 'index.js', 'package.json'].sort());
}

/** In the package alone and in the repository. */
function checkLinks({ files }: Packed): void {
    const pages = files.filter(path => path.endsWith('.md') && !path.startsWith('templates/'));
    const dead = [...deadLinks(pages, path => files.includes(path)), ...deadLinksOfRepository()];

    deepStrictEqual(dead, [], 'dead links');
}

/** Every way of resolving types, the old one included. @types is not asked for: the package has its own. */
function checkTypes({ tarball }: Packed): void {
    runBin('@arethetypeswrong/cli/dist/index.js', '--no-definitely-typed', '--no-color', tarball);
}

function checkManifest({ tarball }: Packed): void {
    runBin('publint/src/cli.js', 'run', '--strict', tarball);
}

function checkInstalled({ tarball }: Packed): void {
    const consumer = join(folder, 'consumer');

    cpSync(join(__dirname, 'consumer'), consumer, { recursive: true });
    writeFileSync(join(consumer, 'package.json'), '{ "private": true }');
    run('npm', ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', tarball], consumer);
    for (const program of readdirSync(join(__dirname, 'consumer'))) run(process.execPath, [program], consumer);
    deepStrictEqual(JSON.parse(run('npm', ['query', '#joi'], consumer)).length, 1, 'copies of joi');
}

const begun = performance.now();

try {
    const packed = pack();

    for (const check of [checkFiles, checkLinks, checkTypes, checkManifest, checkInstalled]) {
        check(packed);
        console.log(`ok ${check.name}`);
    }
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);

    console.log(`${packed.files.length} files, ${Math.round(packed.size / 1024)} KB packed (${seconds} s)`);
} finally {
    rmSync(folder, { recursive: true });
}
