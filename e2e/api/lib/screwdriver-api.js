'use strict';

const { spawn } = require('node:child_process');
const { generateKeyPairSync } = require('node:crypto');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { addresses, datastore, executor, secrets } = require('./api-environment');
const { MODULES } = require('./installation');

const API = path.join(MODULES, 'screwdriver-api');
/** Milliseconds: it takes 4 to 15 s, more on a busy machine. */
const BOOT = 120_000;
const SHUTDOWN = 45_000;

/** A Screwdriver API in a process of its own, with SQLite, fresh keys and an executor plug-in, on loopback. */
class ScrewdriverApi {
    uri;
    /** PEM; signs what the API takes for its own tokens. */
    privateKey;
    #folder;
    #plugin;
    #environment;
    #child;
    #exit;
    #keys;
    #port;
    #isStopping = false;

    /**
     * @param folder for its files: database, log, operations
     * @param plugin.name the executor is `screwdriver-executor-<name>`, installed already
     * @param plugin.options what its constructor gets, beside the API's `ecosystem`
     * @param environment more variables for the API; NODE_PATH, where the plug-in needs packages that the API has not
     */
    constructor({ folder, plugin, environment = {} }) {
        this.#folder = folder;
        this.#plugin = plugin;
        this.#environment = environment;
    }

    /** Resolves when the API answers: for the first time, or again, with the address, keys and records that it had. */
    async boot() {
        const port = (this.#port ??= await freePort());
        const { privateKey, publicKey } = (this.#keys ??= keyPair());

        this.uri = `http://127.0.0.1:${port}`;
        this.privateKey = privateKey;
        this.#isStopping = false;
        fs.mkdirSync(this.#folder, { recursive: true });
        fs.appendFileSync(this.#file('operations'), '');
        const log = fs.openSync(this.#file('api.log'), 'a');

        this.#child = spawn(
            process.execPath,
            ['--require', path.join(__dirname, 'record-operations.js'), path.join(API, 'bin/server')],
            {
                cwd: this.#folder,
                // A Ctrl-C at the terminal is for the tests, which end the API in order.
                detached: true,
                stdio: ['ignore', log, log],
                env: {
                    PATH: process.env.PATH,
                    HOME: this.#folder,
                    ...addresses(port, this.uri),
                    ...secrets(privateKey, publicKey),
                    ...datastore(this.database),
                    ...executor(this.#plugin),
                    RECORDS: this.#folder,
                    ...this.#environment
                }
            }
        );
        fs.closeSync(log);
        this.#exit = once(this.#child, 'exit');
        const child = this.#child;

        process.once('exit', () => child.kill('SIGKILL'));
        await this.#ready();
    }

    async #ready() {
        const end = performance.now() + BOOT;

        while (performance.now() < end && this.isRunning) {
            const answer = await fetch(`${this.uri}/v4/status`).catch(() => undefined);

            if (answer?.status === 200) return;
            await sleep(100);
        }
        await this.kill();
        throw new Error(`The API did not boot:\n${this.log().slice(-4_000)}`);
    }

    #file(name) {
        return path.join(this.#folder, name);
    }

    get database() {
        return this.#file('screwdriver.sqlite');
    }

    get pid() {
        return this.#child.pid;
    }

    get isRunning() {
        return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
    }

    /** What the API has printed. */
    log() {
        return fs.readFileSync(this.#file('api.log'), 'utf8');
    }

    /** What the executor was asked for and how it went: the messages of the base's diagnostics channels. */
    operations() {
        return linesOf(this.#file('operations')).map(line => JSON.parse(line));
    }

    /** The files of every executor base that the API had loaded when it ended. */
    basesLoaded() {
        return linesOf(this.#file('bases'));
    }

    /** Settles as the work does, or rejects when the API ends meanwhile without having been asked to. */
    whileRunning(work) {
        const ended = this.#exit.then(() => {
            if (!this.#isStopping) throw new Error('The API has ended by itself');

            return work;
        });

        return Promise.race([work, ended]);
    }

    /** Ends the API as a cluster does: TERM, upon which it calls the executor's cleanUp. Resolves its exit code. */
    async stop() {
        if (!this.isRunning) return this.#child?.exitCode;
        this.#isStopping = true;
        this.#child.kill('SIGTERM');
        const inTime = await Promise.race([this.#exit, sleep(SHUTDOWN, undefined, { ref: false })]);

        if (!inTime) await this.kill();

        return this.#child.exitCode;
    }

    async kill() {
        this.#isStopping = true;
        this.#child.kill('SIGKILL');
        await this.#exit;
    }
}

function keyPair() {
    return generateKeyPairSync('rsa', {
        modulusLength: 2048,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs1', format: 'pem' }
    });
}

function linesOf(file) {
    return fs
        .readFileSync(file, 'utf8')
        .split('\n')
        .filter(line => line !== '');
}

/** The API cannot be asked which port it got, so one is looked for before. */
async function freePort() {
    const server = net.createServer().listen(0, '127.0.0.1');

    await once(server, 'listening');
    const { port } = server.address();

    server.close();
    await once(server, 'close');

    return port;
}

module.exports = { ScrewdriverApi };
