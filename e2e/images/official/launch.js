#!/opt/sd/node --use-openssl-ca
'use strict';

// Like a Go program, it trusts the roots of the image that it runs in, or those in SSL_CERT_FILE.

// A small substitute for the official launcher: everything that an executor can see of it.

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const { setTimeout: wait } = require('node:timers/promises');
const { client, parse } = require('./ask');

const TEARDOWN = /^(?:sd-teardown|(?:pre|post)?teardown)-/;
/** Seconds that the first teardown step waits for the environment of an interrupted shell. */
const EXPORT_WAIT = 5;

const { flags, rest } = parse(process.argv.slice(2), { booleans: ['only-fetch-token', 'container-error'] });
const { SD_TOKEN, SD_BUILD_TIMEOUT, SD_SHELL_BIN } = process.env;
const buildId = rest[0];
const token = flags.token ?? SD_TOKEN;
const minutes = flags['build-timeout'] ?? SD_BUILD_TIMEOUT ?? '90';
const workspace = flags.workspace ?? '/sd/workspace';
const meta = flags['meta-space'] ?? '/sd/meta';
const ask = client(`${flags['api-uri']}/v4/`, token);
const get = async path => JSON.parse(await ask('GET', path));

/** Writes a step's lines to the pipe as JSON. Continues even if nobody reads any more. */
class Emitter {
    step = { name: 'sd-setup-launcher' };
    #file;
    #rest = '';

    /** Waits forever until somebody reads. Fails if the folder is missing. */
    constructor(path) {
        this.#file = fs.openSync(path, 'a');
    }

    write(text) {
        const lines = `${this.#rest}${text}`.split('\n');

        this.#rest = lines.pop();
        for (const m of lines) {
            const line = JSON.stringify({ t: Date.now(), m, s: this.step.name });

            try {
                fs.writeSync(this.#file, `${line}\n`);
            } catch (error) {
                // The timeout may come after the end.
                if (!['EPIPE', 'EBADF'].includes(error.code)) throw error;
            }
        }
    }

    close() {
        if (this.#rest !== '') this.write('\n');
        fs.closeSync(this.#file);
    }
}

/** Resolves with the exit code of a shell whose output goes to the log. */
function shell(words, { emitter, environment, folder, detached = false }) {
    const child = spawn(SD_SHELL_BIN ?? '/bin/sh', words, {
        cwd: folder,
        env: environment,
        // The shell of the steps has its own session, so that no signal to the launcher's group reaches it.
        detached,
        stdio: ['ignore', 'pipe', 'pipe']
    });

    for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', text => emitter.write(text));
    const ended = new Promise((resolve, reject) => {
        child.once('error', reject);
        // Processes that a step leaves running may keep its output open.
        child.once(
            'exit',
            code => child.once('close', () => resolve(code ?? 1)) && setTimeout(resolve, 200, code ?? 1)
        );
    });

    return { child, ended };
}

/** Runs the step until TERM or the timeout interrupts it. Resolves with its exit code. */
async function runStep(step, scene, cut) {
    await ask('PUT', `builds/${buildId}/steps/${step.name}`, { startTime: new Date() });
    fs.writeFileSync('/tmp/step.sh', step.command, { mode: 0o755 });
    begin(step, scene);
    const { child, ended } = shell(['-e', '/tmp/step.sh'], { ...scene, detached: true });
    const code = await Promise.race([ended, cut]);

    if (child.exitCode === null) child.kill('SIGABRT');
    await ask('PUT', `builds/${buildId}/steps/${step.name}`, { endTime: new Date(), code });

    return code;
}

async function runTeardown(step, scene, stepCode) {
    await ask('PUT', `builds/${buildId}/steps/${step.name}`, { startTime: new Date() });
    begin(step, scene);
    const environment = { ...scene.environment, SD_STEP_EXIT_CODE: String(stepCode) };
    const code = await shell(['-e', '-c', step.command], { ...scene, environment }).ended;

    await ask('PUT', `builds/${buildId}/steps/${step.name}`, { endTime: new Date(), code });

    return code;
}

function begin(step, { emitter }) {
    emitter.step = step;
    emitter.write(`$ ${step.command}\n`);
}

/**
 * Resolves once, from the first step on, with the exit code of a step that TERM or INT (1) or the timeout (3)
 * interrupts.
 */
function cutOff(emitter) {
    return new Promise(resolve => {
        for (const signal of ['SIGTERM', 'SIGINT']) {
            process.on(signal, () => {
                console.log(`Received ${signal} in launcher`);
                resolve(1);
            });
        }
        setTimeout(
            () => {
                emitter.write(`#### Timeout of ${minutes}m exceeded ####\n`);
                resolve(3);
            },
            Number(minutes) * 60_000
        ).unref();
    });
}

/** Resolves with whether all steps succeeded. */
async function run(emitter) {
    await ask('PUT', `builds/${buildId}/steps/sd-setup-launcher`, { startTime: new Date() });
    await ask('PUT', `builds/${buildId}`, { status: 'RUNNING', meta: {}, stats: stats() });
    const build = await get(`builds/${buildId}`);
    const job = await get(`jobs/${build.jobId}`);
    const pipeline = await get(`pipelines/${job.pipelineId}`);

    await get(`events/${build.eventId}`);
    await get(`builds/${buildId}/secrets`);
    const [host, , branch] = pipeline.scmUri.split(':');
    const [org, repository, more] = pipeline.scmRepo.name.split('/');

    if (!branch || !repository || more) throw new Error(`Unable to parse scmUri ${pipeline.scmUri}`);
    const folder = `${workspace}/src/${host}/${org}/${repository}`;

    fs.mkdirSync(meta, { recursive: true });
    fs.writeFileSync(`${meta}/meta.json`, JSON.stringify(build.meta ?? {}));
    if (fs.existsSync(folder)) throw new Error(`Cannot create workspace path ${folder}, path already exists.`);
    fs.mkdirSync(folder, { recursive: true });
    fs.mkdirSync(`${workspace}/artifacts`);
    emitter.write(`Screwdriver Launcher information\nWorkspace Dir: ${workspace}\n`);

    const environment = { ...process.env, SD_TOKEN: token, SD_BUILD_ID: buildId, SD_META_DIR: meta };
    const scene = { emitter, folder, environment: Object.assign(environment, ...(build.environment ?? [])) };
    const commands = build.steps.filter(({ command }) => command !== undefined);
    const teardown = commands.filter(({ name }) => TEARDOWN.test(name));
    const cut = cutOff(emitter);
    let isCut = false;
    let code = 0;

    void cut.then(() => (isCut = true));
    for (const step of commands.filter(({ name }) => !TEARDOWN.test(name))) {
        if (code === 0) code = await runStep(step, scene, cut);
    }
    if (isCut && teardown.length > 0) await wait(EXPORT_WAIT * 1000);
    for (const step of [
        ...teardown.filter(({ name }) => !name.startsWith('sd-')),
        ...teardown.filter(({ name }) => name.startsWith('sd-'))
    ]) {
        const ended = await runTeardown(step, scene, code);

        code ||= ended;
    }

    return code === 0;
}

function stats() {
    return process.env.NODE_ID ? { hostname: process.env.NODE_ID } : {};
}

async function report(status, statusMessage) {
    console.log(`Setting build status to ${status}`);
    const text = fs.existsSync(`${meta}/meta.json`) ? fs.readFileSync(`${meta}/meta.json`, 'utf8') : '{}';

    await ask('PUT', `builds/${buildId}`, { status, meta: JSON.parse(text), stats: stats(), statusMessage });
}

async function main() {
    if (!/^\d+$/.test(buildId ?? '') || !/^\d+$/.test(minutes)) return;
    if (!token) return console.log('Error: token is not passed.');
    if (flags['container-error'])
        return report('FAILURE', 'Error: Build failed to start. Please check if your image is valid.');
    if (flags['only-fetch-token']) {
        const body = { buildTimeout: Number(minutes) + 30 };

        return process.stdout.write(JSON.parse(await ask('POST', `builds/${buildId}/token`, body)).token);
    }
    let isWell = false;

    try {
        const emitter = new Emitter(flags.emitter ?? '/var/run/sd/emitter');

        try {
            isWell = await run(emitter);
        } finally {
            emitter.close();
        }
    } catch (error) {
        console.log(`Error running launcher: ${error.message}`);
    }

    return report(isWell ? 'SUCCESS' : 'FAILURE');
}

// Even if the build failed.
main()
    .catch(error => console.log(error.message))
    .finally(() => process.exit(0));
