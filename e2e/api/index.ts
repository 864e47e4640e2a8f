// The package on the real Screwdriver API: `npm run e2e:api`.

import { generateKeyPairSync } from 'node:crypto';
import fs = require('node:fs');
import os = require('node:os');
import path = require('node:path');
import { ROOT } from '../../test/support/child';
import { checkBuilds, jobsIn } from './checks/builds';
import { checkDeployment } from './checks/deploy';
import { checkExchange } from './checks/exchange';
import { checkExchangeErrors } from './checks/exchange-errors';
import { checkInstallation } from './checks/installation';
import { checkReport } from './checks/report';
import { checkShutdown } from './checks/shutdown';
import { checkStartFailure } from './checks/start-failure';
import { checkTwoProcesses } from './checks/two-processes';
import { install } from './lib/installation';
import { installPlugin } from './lib/plugin';
import { killBuilds, memoryOf } from './lib/processes';
import { Records } from './lib/records';
import { Report } from './lib/report';
import { ScrewdriverApi } from './lib/screwdriver-api';
import type { Given } from './lib/given';

/** Requests that the API takes per token and five minutes. A build needs about a dozen. */
const RATE_LIMIT = 40;

const temporary = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'screwdriver-e2e-api-'));
const at = (name: string) => path.join(temporary, name);
const report = new Report();
/** Set as soon as there is an API to end. */
let api: ScrewdriverApi | undefined;
let records: Records | undefined;

async function main(): Promise<void> {
    await install();
    await report.section('The package in the API', () => checkInstallation(report));
    const running = await boot();

    await running.whileRunning(checkWithApi(running));
    const given = { report, folder: at('deploy'), builds: at('builds'), jobTools: at('job-tools') };

    await report.section('docs/deploy.md', () => checkDeployment(given));
}

async function checkWithApi(running: ScrewdriverApi): Promise<void> {
    records = new Records(running);
    fs.mkdirSync(at('output'));
    const given: Given = {
        report,
        api: running,
        records,
        folder: at('output'),
        builds: at('builds'),
        jobTools: at('job-tools'),
        otherKey: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
        rateLimit: RATE_LIMIT,
        pipeline: await records.pipeline(jobsIn(at('output')))
    };

    await report.section('The exchange', () => checkExchange(given));
    await report.section('What the API refuses', () => checkExchangeErrors(given));
    await report.section('Reports of a failure', () => checkReport(given));
    await report.section('Builds, started by the API', () => checkBuilds(given));
    await report.section('Two executors, one build', () => checkTwoProcesses(given));
    await report.section('A start that fails', () => checkStartFailure(given));
    console.log(`\nThe API uses ${await memoryOf(running.pid)} MB.`);
    await report.section('Shutdown', () => checkShutdown(given));
}

async function boot(): Promise<ScrewdriverApi> {
    const begin = performance.now();

    installPlugin(path.join(ROOT, 'examples/process-executor'));
    fs.cpSync(path.join(__dirname, 'job-tools'), at('job-tools'), { recursive: true });
    api = new ScrewdriverApi({
        folder: at('api'),
        plugin: {
            name: 'process',
            options: { workspaceRoot: at('builds'), jobTools: at('job-tools'), gracePeriod: 2_000 }
        },
        environment: { RATE_LIMIT_VARIABLES: JSON.stringify({ enabled: true, limit: RATE_LIMIT, duration: 300_000 }) }
    });
    console.log('\nBooting the Screwdriver API …');
    await api.boot();
    console.log(`It listens on ${api.uri} after ${secondsSince(begin)}.`);

    return api;
}

function secondsSince(begin: number): string {
    return `${((performance.now() - begin) / 1000).toFixed(1)} s`;
}

/** Leaves nothing behind, however far the run came. */
async function cleanUp(): Promise<void> {
    await records?.close();
    await api?.stop();
    await killBuilds(temporary);
    if (api && report.failed > 0) console.log(`\nThe API's last words:\n${api.log().slice(-4_000)}`);
    fs.rmSync(temporary, { recursive: true, force: true });
}

const interrupted = new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM']) {
        process.once(signal, () => reject(new Error(`Interrupted by ${signal}`)));
    }
});

void Promise.race([main(), interrupted])
    .catch(error => {
        report.failed += 1;
        console.error(`\n${(error as Error).stack}`);
    })
    .then(cleanUp)
    .then(() => {
        console.log(`\nIt took ${secondsSince(0)}.`);
        report.print();
        process.exit(report.failed === 0 && report.passed > 0 ? 0 : 1);
    });
