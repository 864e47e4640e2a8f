#!/opt/sd/node --use-openssl-ca
'use strict';

// Like a Go program, it trusts the roots of the image that it runs in, or those in SSL_CERT_FILE.

// A small substitute for the official log service: copies the launcher's lines from the pipe to the store.

const fs = require('node:fs');
const readline = require('node:readline');
const { client, parse } = require('./ask');

const LINES_PER_FILE = 1000;
/** Minutes for somebody to open the pipe for writing. */
const PATIENCE = 10;

const { flags } = parse(process.argv.slice(2));
const { SD_TOKEN, SD_API_URL, SD_STORE_URL, SD_BUILDID } = process.env;
const token = flags.token ?? SD_TOKEN;
const build = flags.build ?? SD_BUILDID;
const api = flags['api-uri'] ?? SD_API_URL;
const store = flags['store-uri'] ?? SD_STORE_URL;
const folder = flags['build-log-folder'] ?? '/sd';

/** Saves the lines of a step, and reports their number to the API. */
async function save(step, lines) {
    const put = client(store, token);

    for (let at = 0; at < lines.length; at += LINES_PER_FILE) {
        const text = lines.slice(at, at + LINES_PER_FILE).map(line => `${JSON.stringify(line)}\n`);

        await put('PUT', `/v1/builds/${build}/${step}/log.${at / LINES_PER_FILE}`, text.join(''));
    }
    await client(api, token)('PUT', `/v4/builds/${build}/steps/${step}`, { lines: lines.length });
}

async function main() {
    if (!token || !build || !api || !store) return console.log('No JWT, build, API or store. Cannot log.');
    for (const signal of ['SIGTERM', 'SIGINT'])
        process.on(signal, () => console.log(`Received ${signal} in log service`));
    const patience = setTimeout(() => process.exit(0), PATIENCE * 60_000);
    // The real one keeps unsent lines in files there.
    const kept = fs.mkdtempSync(`${folder}/log.`);
    // Opens a descriptor first: a stream that is still opening looks closed to a pipe without a writer.
    const pipe = await fs.promises.open(flags.emitter ?? '/var/run/sd/emitter', 'r');
    let step;
    let lines = [];
    const saves = [];
    const flush = () => {
        if (step) saves.push(save(step, lines).catch(error => console.log(`ERROR: step ${step}: ${error.message}`)));
    };

    clearTimeout(patience);
    for await (const text of readline.createInterface({ input: pipe.createReadStream() })) {
        const { t, m, s } = JSON.parse(text);

        if (s !== step) {
            flush();
            [step, lines] = [s, []];
        }
        lines.push({ t, m, n: lines.length, s });
    }
    flush();
    await Promise.all(saves);
    fs.rmdirSync(kept);
}

main()
    .catch(error => console.log(error.message))
    .finally(() => process.exit(0));
