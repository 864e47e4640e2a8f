'use strict';

// Loaded into the API's process before the API. Records each operation of the executor, as the channels report it, and
// at the end the executor bases that were loaded.

const { tracingChannel } = require('node:diagnostics_channel');
const { appendFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const OPERATIONS = ['start', 'stop', 'startTimer', 'stopTimer', 'cleanUp', 'exchangeTokenForBuild'];
const { RECORDS } = process.env;

for (const name of OPERATIONS) {
    tracingChannel(`screwdriver-executor.${name}`).asyncEnd.subscribe(message => {
        appendFileSync(join(RECORDS, 'operations'), `${JSON.stringify(message)}\n`);
    });
}

process.once('exit', () => {
    const bases = Object.keys(require.cache).filter(file => /executor-base\/dist\/executor\.js$/.test(file));

    writeFileSync(join(RECORDS, 'bases'), bases.join('\n'));
});
