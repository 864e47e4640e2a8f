'use strict';

const { execFile } = require('node:child_process');
const { once } = require('node:events');
const { join } = require('node:path');
const { promisify } = require('node:util');
const { Worker } = require('node:worker_threads');
const { median, ratios, spread } = require('./spread');
const { print, verdict } = require('./table');
const { inTurns } = require('./turns');

const title = 'Loading, which the build-cluster worker does for every build';

const PACKAGES = ['..', 'screwdriver-executor-base-11'];
const ONCE = join(__dirname, 'load-once.js');

async function inProcess(...argv) {
    const { stdout } = await promisify(execFile)(process.execPath, [ONCE, ...argv]);

    return Number(stdout);
}

async function inThread(...argv) {
    const [took] = await once(new Worker(ONCE, { argv }), 'message');

    return took;
}

const FIGURES = [
    { label: '`require`, fresh process', run: inProcess, task: 'require', target: 0.1 },
    { label: 'first `start`, fresh process', run: inProcess, task: 'start', target: 0.5 },
    { label: 'first `start`, fresh worker thread', run: inThread, task: 'start', target: 0.5 },
    { label: 'first `start` that Joi must judge, fresh process', run: inProcess, task: 'start for Joi' },
    { label: 'first `start` that Joi must judge, fresh worker thread', run: inThread, task: 'start for Joi' }
];

async function measure({ rounds = 5 } = {}) {
    const rows = [];
    const bars = [];

    for (const { label, run, task, target } of FIGURES) {
        const results = await inTurns(PACKAGES, rounds, name => run(name, task));
        const [ours, theirs] = PACKAGES.map(name => results.get(name));
        const beside = ratios(ours, theirs);
        const value = median(beside);
        const judged = target ? [`≤ ${target.toFixed(2)}`, verdict(value <= target)] : ['', ''];

        rows.push([label, spread(ours), spread(theirs), spread(beside), ...judged]);
        bars.push({ label: label.replaceAll('`', ''), value, target });
    }

    return {
        columns: ['figure', 'this package, ms', '11.1.0, ms', 'ratio', 'target', 'holds'],
        rows,
        notes: [
            `Median and spread of ${rounds} fresh processes or threads each, in alternating order.`,
            'A first `start` is require, construction and a validated start with the config that the real API passed, of a subclass that calls `parseAnnotations` in `_start`. The start of Node.js itself is not counted.',
            'A plainly valid config is accepted without Joi, on the versions of screwdriver-data-schema for which that is proven. Any other config, here one with a freeze window, and any other version load it as 11.1.0 does: those rows have no target. Nor is anything gained where something else in the process has loaded screwdriver-data-schema.'
        ],
        bars
    };
}

module.exports = { title, measure };

if (require.main === module) print(module.exports);
