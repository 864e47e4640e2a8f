// npm run bench: every figure next to those of the peers, in one run. Writes results.md and chart.svg.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as calls from './calls';
import { chart } from './chart';
import * as clusterWorker from './cluster-worker';
import * as exchange from './exchange';
import * as exchangesWaiting from './exchanges-waiting';
import * as inFlight from './in-flight';
import * as inTurn from './in-turn';
import * as load from './load';
import * as mask from './mask';
import * as size from './size';
import { markdown, type Figure } from './table';

const FIGURES: Figure[] = [load, clusterWorker, calls, inTurn, inFlight, size, exchange, exchangesWaiting, mask];
const ROUNDS = 5;
const ROOT = path.join(__dirname, '..');

/** The installation is kept while the lock file stays the same. */
function install(): void {
    const lock = path.join(__dirname, 'package-lock.json');
    const installed = path.join(__dirname, 'node_modules', '.package-lock.json');

    if (fs.existsSync(installed) && fs.statSync(installed).mtimeMs >= fs.statSync(lock).mtimeMs) return;
    console.log('Installing the peers from npm, once (half a minute) ...');
    const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--loglevel=error'], {
        cwd: __dirname,
        stdio: 'inherit'
    });

    if (status !== 0) throw new Error('npm ci failed');
}

function versionOf(name: string, folder: string): string {
    const manifest = fs.readFileSync(path.join(folder, 'node_modules', name, 'package.json'), 'utf8');
    const { version } = JSON.parse(manifest) as { version: string };

    return `${name} ${version}`;
}

function conditions(): [machine: string, ...others: string[]] {
    const { model } = os.cpus()[0]!;
    const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const ours = ['screwdriver-data-schema', 'joi'].map(name => versionOf(name, ROOT));
    const peers = [
        versionOf('screwdriver-executor-base-11', __dirname),
        versionOf('screwdriver-data-schema', __dirname),
        versionOf('joi', __dirname),
        versionOf('screwdriver-executor-base-6', __dirname),
        versionOf('undici', __dirname)
    ];

    return [
        `- Machine: ${os.cpus().length} × ${model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.arch()}; load average before and after: `,
        `- Node.js ${process.version}, V8 ${process.versions.v8}`,
        `- This package: ${version} with ${ours.join(', ')}`,
        `- Peers: ${peers.join(', ')}`
    ];
}

async function main(): Promise<void> {
    const loads = [os.loadavg()[0]!];
    const begin = performance.now();
    const sections = [];
    const bars = [];

    install();
    for (const { title, measure } of FIGURES) {
        console.log(`${title} ...`);
        const result = await measure({ rounds: ROUNDS });

        bars.push(...(result.bars ?? []));
        sections.push(markdown(title, result));
    }
    loads.push(os.loadavg()[0]!);
    const [machine, ...others] = conditions();
    const took = Math.round((performance.now() - begin) / 1000);
    const text = [
        '# What it costs',
        '',
        'Written by `npm run bench`. Ratios are this package divided by the peer: median of the rounds, minimum and maximum in brackets.',
        '',
        machine + loads.map(value => value.toFixed(1)).join(', '),
        ...others,
        `- The whole run took ${took} s.`,
        '',
        '![Time compared with 11.1.0](chart.svg)',
        '',
        sections.join('\n\n'),
        ''
    ].join('\n');

    fs.writeFileSync(path.join(__dirname, 'results.md'), text);
    fs.writeFileSync(path.join(__dirname, 'chart.svg'), chart(bars));
    console.log(`\n${text}`);
}

main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
