'use strict';

// The package on the real Screwdriver API: `npm run e2e:api`.

const { generateKeyPairSync } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { install, ROOT } = require('./lib/installation');
const { installPlugin } = require('./lib/plugin');
const { killBuilds, memoryOf } = require('./lib/processes');
const { Report } = require('./lib/report');

/** Requests that the API takes per token and five minutes. A build needs about a dozen. */
const RATE_LIMIT = 40;

const temporary = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'screwdriver-e2e-api-'));
const at = name => path.join(temporary, name);
const report = new Report();
/** Set as soon as there is something to end. */
let api;
let records;

async function main() {
    await install();
    // What lies in the API's tree can be loaded from here on.
    await report.section('The package in the API', () => require('./checks/installation').checkInstallation(report));
    await boot();
    await api.whileRunning(checkWithApi());
    await report.section('docs/deploy.md', () =>
        require('./checks/deploy').checkDeployment({
            report,
            folder: at('deploy'),
            builds: at('builds'),
            jobTools: at('job-tools')
        })
    );
}

async function checkWithApi() {
    const { Records } = require('./lib/records');
    const { jobsIn } = require('./checks/builds');

    records = new Records(api);
    fs.mkdirSync(at('output'));
    const given = {
        report,
        api,
        records,
        folder: at('output'),
        builds: at('builds'),
        jobTools: at('job-tools'),
        otherKey: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
        rateLimit: RATE_LIMIT,
        pipeline: await records.pipeline(jobsIn(at('output')))
    };

    await report.section('The exchange', () => require('./checks/exchange').checkExchange(given));
    await report.section('What the API refuses', () => require('./checks/exchange-errors').checkExchangeErrors(given));
    await report.section('Reports of a failure', () => require('./checks/report').checkReport(given));
    await report.section('Builds, started by the API', () => require('./checks/builds').checkBuilds(given));
    await report.section('Two executors, one build', () => require('./checks/two-processes').checkTwoProcesses(given));
    await report.section('A start that fails', () => require('./checks/start-failure').checkStartFailure(given));
    console.log(`\nThe API uses ${await memoryOf(api.pid)} MB.`);
    await report.section('Shutdown', () => require('./checks/shutdown').checkShutdown(given));
}

async function boot() {
    const { ScrewdriverApi } = require('./lib/screwdriver-api');
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
}

function secondsSince(begin) {
    return `${((performance.now() - begin) / 1000).toFixed(1)} s`;
}

/** Leaves nothing behind, however far it came. */
async function cleanUp() {
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

Promise.race([main(), interrupted])
    .catch(error => {
        report.failed += 1;
        console.error(`\n${error.stack}`);
    })
    .then(cleanUp)
    .then(() => {
        console.log(`\nIt took ${secondsSince(0)}.`);
        report.print();
        process.exit(report.failed === 0 && report.passed > 0 ? 0 : 1);
    });
