'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..', '..');
const CACHE = path.join(__dirname, '.cache');
const FULL = Boolean(process.env.MATRIX_FULL);

/** The newest Node.js of each line that is maintained, from the packages that npm's `node` installs its binaries from. */
const NEWEST = ['20', '22', '24', '26'].map(release);

/** What most is run on: with --full also the oldest, which `engines` names; else the newest 20 and the newest of all. */
const RUNTIMES = FULL ? [release('20-oldest'), ...NEWEST] : [NEWEST[0], NEWEST.at(-1)];

function release(name) {
    return {
        name,
        version: `v${require(path.join(CACHE, 'node_modules', `node-${name}`, 'package.json')).version}`,
        node: path.join(CACHE, 'node_modules', `node-${name}`, 'bin', 'node')
    };
}

/** Runs a program to its end. Gives what it wrote; throws with it where the program failed. */
function run(command, args, { cwd = CACHE, env = {} } = {}) {
    const folder = path.dirname(command);
    const child = spawn(command, args, {
        cwd,
        env: { ...process.env, NODE_OPTIONS: '', PATH: `${folder}${path.delimiter}${process.env.PATH}`, ...env },
        stdio: ['ignore', 'pipe', 'pipe']
    });
    let output = '';

    for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', text => {
            output += text;
        });
    }

    return new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', code => {
            if (code === 0) resolve(output);
            else
                reject(
                    new Error(`${path.basename(command)} ${args.join(' ')} ended with ${code}:\n${output.slice(-4000)}`)
                );
        });
    });
}

/** Copies a folder of this one to where the package can be required from: beside its node_modules. */
function place(folder) {
    const target = path.join(CACHE, folder);

    fs.rmSync(target, { recursive: true, force: true });
    fs.cpSync(path.join(__dirname, folder), target, { recursive: true });

    return target;
}

module.exports = { CACHE, FULL, NEWEST, ROOT, RUNTIMES, place, run };
