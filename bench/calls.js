'use strict';

const { fork } = require('node:child_process');
const { join } = require('node:path');
const { names } = require('./caller');
const { CONFIGS } = require('./configs');
const { digits, median, ratios, spread } = require('./spread');
const { print, verdict } = require('./table');
const { inTurns, next } = require('./turns');

const title = 'Warm calls';

const COUNT = 3000;
const [PLAIN, OURS, SILENT, HEARD, UPSTREAM, BARE] = names;

/** A ratio of one lies within the spread, or it is better than that. */
function holds(values) {
    return verdict(Math.min(...values) <= 1);
}

async function measure({ rounds = 5 } = {}) {
    const callers = new Map(names.map(name => [name, fork(join(__dirname, 'caller.js'), [name])]));
    const ask = (name, message) => {
        callers.get(name).send(message);

        return next(callers.get(name));
    };
    const rows = [];
    const bars = [];

    try {
        for (const operation of Object.keys(CONFIGS)) {
            const times = await inTurns(names, 2 * rounds, name =>
                ask(name, { task: 'time', operation, count: COUNT })
            );
            const beside = (ours, theirs) => ratios(times.get(ours), times.get(theirs));
            const row = (name, theirs, target) => {
                const values = beside(name, theirs);

                rows.push([
                    `\`${operation}\``,
                    name,
                    spread(times.get(name)),
                    theirs,
                    spread(values),
                    ...(target ? ['1.00 within the spread', holds(values)] : ['', ''])
                ]);
            };

            row(PLAIN, UPSTREAM, true);
            row(OURS, UPSTREAM, true);
            row(OURS, BARE);
            row(OURS, SILENT, true);
            row(HEARD, SILENT);
            const share = await ask(OURS, { task: 'profile', operation, count: 2 * COUNT });

            rows.push([
                `\`${operation}\``,
                OURS,
                `${digits(share * 100)} % of the profile is its own code`,
                '',
                '',
                '',
                ''
            ]);
            bars.push({ label: `warm ${operation}`, value: median(beside(PLAIN, UPSTREAM)), target: 1 });
            bars.push({ label: `warm ${operation}, judged by Joi`, value: median(beside(OURS, UPSTREAM)), target: 1 });
        }
    } finally {
        for (const caller of callers.values()) caller.kill();
    }

    return {
        columns: ['operation', 'caller', 'µs a call', 'beside', 'ratio', 'target', 'holds'],
        rows,
        notes: [
            `Median and spread of ${2 * rounds} rounds of ${COUNT} calls, one after the other, in alternating order, each caller in a process of its own, with the configs that the real API passed (it does not call \`status\`: its keys have the values of \`stop\`) and a hook that does nothing.`,
            'A plainly valid config is accepted without Joi (first row of an operation) unless something else in the process had loaded screwdriver-data-schema before, as the API does, or its version is not one for which that is proven: there Joi judges all (the other rows).',
            '11.1.0 has the screwdriver-data-schema 25 that it depends on, the others have the one of this package. Without diagnostics is this package with its tracing taken out.',
            'That nothing of ours shows in a profile does not hold: the bookkeeping of what is in flight, for shutdown and for bare tokens, costs some microseconds a call, and shows most in the cheapest operation.',
            '"Within the spread" asks only that one round reached 1.00: on a busy machine that is a weak test, and quieter runs did not hold for some calls that Joi judged.'
        ],
        bars
    };
}

module.exports = { title, measure };

if (require.main === module) print(module.exports);
