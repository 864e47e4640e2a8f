'use strict';

// Loaded into the API's process before the API: writes down each operation of the executor, as the channels tell it.

const { tracingChannel } = require('node:diagnostics_channel');
const { appendFileSync } = require('node:fs');

const OPERATIONS = ['start', 'stop', 'startTimer', 'stopTimer', 'cleanUp', 'exchangeTokenForBuild'];

for (const name of OPERATIONS) {
    tracingChannel(`screwdriver-executor.${name}`).asyncEnd.subscribe(message => {
        appendFileSync(process.env.OPERATIONS_FILE, `${JSON.stringify(message)}\n`);
    });
}
