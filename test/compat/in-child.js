'use strict';

const { fork } = require('node:child_process');
const path = require('node:path');
const { TREES } = require('./trees');

/**
 * Runs a module of this folder, `(load, job) => result`, in a process of its own over one base.
 *
 * @param base upstream or ours
 * @param options `broken`: a file of broken-bases/, put over the base; `job`: what the module gets
 */
function inChild(base, module, { job = {}, broken = '' } = {}) {
    const child = fork(path.join(__dirname, 'child', 'index.js'), [TREES[base], module, broken], {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        env: { ...process.env, LOG_LEVEL: 'error', NODE_ENV: 'test' }
    });
    const errors = [];

    child.stderr.on('data', chunk => errors.push(chunk));
    child.send(job);

    return new Promise((resolve, reject) => {
        child.once('message', ({ result, failure }) => (failure ? reject(new Error(failure)) : resolve(result)));
        child.once('error', reject);
        child.once('exit', code => {
            reject(new Error(`${module} over ${broken || base} ended with ${code}: ${Buffer.concat(errors)}`));
        });
    });
}

module.exports = { inChild };
