import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import fs = require('node:fs');
import path = require('node:path');
import { setTimeout as sleep } from 'node:timers/promises';
import { addresses, datastore, executor, secrets, type Plugin } from './api-environment';
import { MODULES } from './installation';
import { freePort } from '../../../test/support/free-port';

const API = path.join(MODULES, 'screwdriver-api');
/** Milliseconds. It takes 4 to 15 s, and more on a busy machine. */
const BOOT = 120_000;
const SHUTDOWN = 45_000;

/** An operation of the executor and its outcome: a message of the base's diagnostics channels. */
export interface Operation {
    operation: string;
    buildId: number;
    outcome: string;
    error?: { code: string; kind: string; retryable: boolean };
}

/** A Screwdriver API in a separate process on loopback, with SQLite, fresh keys and an executor plug-in. */
export class ScrewdriverApi {
    uri = '';
    /** PEM. Signs tokens that the API accepts as its own. */
    readonly privateKey: string;
    readonly #publicKey: string;
    readonly #folder: string;
    readonly #plugin: Plugin;
    readonly #environment: NodeJS.ProcessEnv;
    #child: ChildProcess | undefined;
    #exit: Promise<unknown> = Promise.resolve();
    #port: number | undefined;
    #isStopping = false;

    /**
     * @param folder for its files: database, log, operations
     * @param environment more variables for the API, such as NODE_PATH if the plug-in needs packages that the API does
     *   not have
     */
    constructor({
        folder,
        plugin,
        environment = {}
    }: {
        folder: string;
        plugin: Plugin;
        environment?: NodeJS.ProcessEnv;
    }) {
        const { privateKey, publicKey } = keyPair();

        this.privateKey = privateKey;
        this.#publicKey = publicKey;
        this.#folder = folder;
        this.#plugin = plugin;
        this.#environment = environment;
    }

    /** Resolves when the API answers. A second boot has the same address, keys and records. */
    async boot(): Promise<void> {
        const port = (this.#port ??= await freePort());

        this.uri = `http://127.0.0.1:${port}`;
        this.#isStopping = false;
        fs.mkdirSync(this.#folder, { recursive: true });
        fs.appendFileSync(this.#file('operations'), '');
        const log = fs.openSync(this.#file('api.log'), 'a');

        const child = spawn(
            process.execPath,
            ['--require', path.join(__dirname, 'record-operations.js'), path.join(API, 'bin/server')],
            {
                cwd: this.#folder,
                // A Ctrl-C at the terminal must reach only the tests, which end the API in order.
                detached: true,
                stdio: ['ignore', log, log],
                env: {
                    PATH: process.env.PATH,
                    HOME: this.#folder,
                    ...addresses(port, this.uri),
                    ...secrets(this.privateKey, this.#publicKey),
                    ...datastore(this.database),
                    ...executor(this.#plugin),
                    RECORDS: this.#folder,
                    ...this.#environment
                }
            }
        );
        fs.closeSync(log);
        this.#child = child;
        this.#exit = once(child, 'exit');

        process.once('exit', () => child.kill('SIGKILL'));
        await this.#ready();
    }

    async #ready(): Promise<void> {
        const end = performance.now() + BOOT;

        while (performance.now() < end && this.isRunning) {
            const answer = await fetch(`${this.uri}/v4/status`).catch(() => undefined);

            if (answer?.status === 200) return;
            await sleep(100);
        }
        await this.kill();
        throw new Error(`The API did not boot:\n${this.log().slice(-4_000)}`);
    }

    #file(name: string): string {
        return path.join(this.#folder, name);
    }

    get database(): string {
        return this.#file('screwdriver.sqlite');
    }

    get pid(): number {
        return this.#child!.pid!;
    }

    get isRunning(): boolean {
        return this.#child?.exitCode === null && this.#child.signalCode === null;
    }

    /** What the API has printed. */
    log(): string {
        return fs.readFileSync(this.#file('api.log'), 'utf8');
    }

    /** The executor's operations in order. */
    operations(): Operation[] {
        return linesOf(this.#file('operations')).map(line => JSON.parse(line) as Operation);
    }

    /** The files of every executor base that the API had loaded when it ended. */
    basesLoaded(): string[] {
        return linesOf(this.#file('bases'));
    }

    /** Settles as the work does. Rejects if the API ends meanwhile without being stopped. */
    whileRunning(work: Promise<void>): Promise<void> {
        const ended = this.#exit.then(() => {
            if (!this.#isStopping) throw new Error('The API has ended by itself');

            return work;
        });

        return Promise.race([work, ended]);
    }

    /**
     * Ends the API as a cluster does: by TERM, whereupon it calls the executor's cleanUp. Resolves with its exit code.
     */
    async stop(): Promise<number | null | undefined> {
        if (!this.isRunning) return this.#child?.exitCode;
        this.#isStopping = true;
        this.#child!.kill('SIGTERM');
        const inTime = await Promise.race([this.#exit, sleep(SHUTDOWN, undefined, { ref: false })]);

        if (!inTime) await this.kill();

        return this.#child!.exitCode;
    }

    async kill(): Promise<void> {
        this.#isStopping = true;
        this.#child?.kill('SIGKILL');
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

function linesOf(file: string): string[] {
    return fs
        .readFileSync(file, 'utf8')
        .split('\n')
        .filter(line => line !== '');
}
