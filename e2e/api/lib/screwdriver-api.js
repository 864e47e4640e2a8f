'use strict';

const { spawn } = require('node:child_process');
const { generateKeyPairSync } = require('node:crypto');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { MODULES } = require('./installation');

const NOWHERE = 'http://127.0.0.1:1';
const API = path.join(MODULES, 'screwdriver-api');
/** Milliseconds: it takes 4 to 15 s, more on a busy machine. */
const BOOT = 120_000;
const SHUTDOWN = 45_000;

/** A Screwdriver API in a process of its own, with SQLite, fresh keys and an executor plug-in, on loopback. */
class ScrewdriverApi {
    /** Where the API's files are: database, log, operations. */
    folder;
    uri;
    /** PEM; signs what the API takes for its own tokens. */
    privateKey;
    #child;
    #exit;

    constructor(folder) {
        this.folder = folder;
    }

    /**
     * Boots an API.
     *
     * @param folder an empty folder for its files
     * @param plugin.name the executor is `screwdriver-executor-<name>`
     * @param plugin.folder the folder that holds `screwdriver-executor-<name>/`
     * @param plugin.options what its constructor gets, beside the API's `ecosystem`
     * @param plugin.modules more folders in which its dependencies are looked up; the API's own come first
     * @param environment more variables for the API
     */
    static async boot({ folder, plugin, environment = {} }) {
        const api = new ScrewdriverApi(folder);

        await api.#boot(plugin, environment);

        return api;
    }

    async #boot(plugin, environment) {
        const port = await freePort();
        const { privateKey, publicKey } = generateKeyPairSync('rsa', {
            modulusLength: 2048,
            publicKeyEncoding: { type: 'spki', format: 'pem' },
            privateKeyEncoding: { type: 'pkcs1', format: 'pem' }
        });
        const log = fs.openSync(this.#file('api.log'), 'a');

        this.uri = `http://127.0.0.1:${port}`;
        this.privateKey = privateKey;
        fs.writeFileSync(this.#file('operations'), '');
        this.#child = spawn(
            process.execPath,
            ['--require', path.join(__dirname, 'record-operations.js'), path.join(API, 'bin/server')],
            {
                cwd: this.folder,
                // A Ctrl-C at the terminal is for the tests, which end the API in order.
                detached: true,
                stdio: ['ignore', log, log],
                env: {
                    PATH: process.env.PATH,
                    HOME: this.folder,
                    ...apiEnvironment({ port, uri: this.uri, privateKey, publicKey, database: this.database, plugin }),
                    OPERATIONS_FILE: this.#file('operations'),
                    ...environment
                }
            }
        );
        fs.closeSync(log);
        this.#exit = once(this.#child, 'exit');
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
        return path.join(this.folder, name);
    }

    get database() {
        return this.#file('screwdriver.sqlite');
    }

    get pid() {
        return this.#child.pid;
    }

    get isRunning() {
        return this.#child.exitCode === null && this.#child.signalCode === null;
    }

    /** What the API has printed. */
    log() {
        return fs.readFileSync(this.#file('api.log'), 'utf8');
    }

    /** What the executor was asked for and how it went: the messages of the base's diagnostics channels. */
    operations() {
        return fs
            .readFileSync(this.#file('operations'), 'utf8')
            .split('\n')
            .filter(line => line !== '')
            .map(line => JSON.parse(line));
    }

    /** Ends the API as a cluster does: TERM, upon which it calls the executor's cleanUp. Resolves its exit code. */
    async stop() {
        if (this.isRunning) this.#child.kill('SIGTERM');
        const inTime = await Promise.race([this.#exit, sleep(SHUTDOWN, undefined, { ref: false })]);

        if (!inTime) await this.kill();

        return this.#child.exitCode;
    }

    async kill() {
        this.#child.kill('SIGKILL');
        await this.#exit;
    }
}

function apiEnvironment({ port, uri, privateKey, publicKey, database, plugin }) {
    return {
        PORT: String(port),
        HOST: '127.0.0.1',
        URI: uri,
        SECRET_JWT_PRIVATE_KEY: privateKey,
        SECRET_JWT_PUBLIC_KEY: publicKey,
        SECRET_JWT_QUEUE_SVC_PUBLIC_KEY: publicKey,
        DATASTORE_PLUGIN: 'sequelize',
        DATASTORE_SEQUELIZE_DIALECT: 'sqlite',
        DATASTORE_SEQUELIZE_STORAGE: database,
        DATASTORE_DDL_SYNC_ENABLED: 'true',
        EXECUTOR_PLUGIN: plugin.name,
        // The plug-in lies outside the API's tree, yet shares its packages, above all the one executor base.
        NODE_PATH: [plugin.folder, MODULES, ...(plugin.modules ?? [])].join(path.delimiter),
        NODE_CONFIG_DIR: path.join(API, 'config'),
        NODE_CONFIG: JSON.stringify({
            executor: { [plugin.name]: { options: plugin.options ?? {} } },
            // No checkout, no artifacts: a build is its job's own steps.
            bookends: { default: { setup: [], teardown: [] } }
        }),
        // Never asked: nothing here has a user of its own.
        SCM_SETTINGS: JSON.stringify({
            github: {
                plugin: 'github',
                config: {
                    oauthClientId: 'none',
                    oauthClientSecret: 'none',
                    secret: 'none',
                    gheHost: '127.0.0.1',
                    gheProtocol: 'http'
                }
            }
        }),
        ECOSYSTEM_UI: NOWHERE,
        ECOSYSTEM_STORE: NOWHERE,
        ECOSYSTEM_QUEUE: NOWHERE
    };
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
