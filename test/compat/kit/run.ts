// npm run test:published [-- --write]: runs the conformance kit on the published executors, over this package, and
// compares the outcome with docs/published-executors.md; with --write it writes that page.

import { fork } from 'node:child_process';
import fs = require('node:fs');
import path = require('node:path');
import { prepareTrees } from '../trees';
import { pageOf, type Outcome } from './page';

const NAMES = ['docker', 'jenkins', 'k8s', 'k8s-vm', 'nomad', 'queue'];
const PAGE = path.join(__dirname, '..', '..', '..', 'docs', 'published-executors.md');

function runKit(name: string): Promise<Outcome[]> {
    process.stdout.write(`${name} `);
    const child = fork(path.join(__dirname, 'child.ts'), [name], {
        execArgv: ['--require', 'tsx/cjs'],
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        env: { ...process.env, LOG_LEVEL: 'error', NODE_ENV: 'test', NODE_TLS_REJECT_UNAUTHORIZED: '0' }
    });

    return new Promise((resolve, reject) => {
        child.on('message', ({ progress, results, failure }: any) => {
            if (progress) process.stdout.write(progress);
            if (results) resolve(results);
            if (failure) reject(new Error(failure));
        });
        child.once('exit', code => reject(new Error(`The kit on ${name} ended with ${code}`)));
    });
}

async function main() {
    prepareTrees();
    const outcomes = new Map<string, Outcome[]>();

    for (const name of NAMES) {
        const results = await runKit(name);
        const failed = results.filter(({ failure }) => failure).length;

        outcomes.set(name, results);
        console.log(` ${results.length - failed} of ${results.length} rules kept`);
    }
    const page = pageOf(outcomes);

    if (process.argv.includes('--write')) fs.writeFileSync(PAGE, page);
    const expected = fs.existsSync(PAGE) ? fs.readFileSync(PAGE, 'utf8').split('\n') : [];
    const differences = page.split('\n').filter(line => !expected.includes(line));

    for (const line of differences) console.log(`not in docs/published-executors.md: ${line}`);
    console.log(`${NAMES.length} passed, ${differences.length} failed`);
    process.exitCode = differences.length === 0 ? 0 : 1;
}

main().catch(error => {
    console.error(error);
    console.log('0 passed, 1 failed');
    process.exitCode = 1;
});
