import { median, ratios, spread } from './spread';
import { print, type Result } from './table';
import { ask, inTurns, start } from './turns';

const NAMES = ['this package', 'Joi alone'];

export const title = 'An error that quotes 5 MB';

export async function measure({ rounds = 5 } = {}): Promise<Result> {
    const program = start('mask.js');

    try {
        const times = await inTurns(NAMES, rounds, task => ask<number>(program, { task }));
        const [ours, joi] = NAMES.map(name => times.get(name)!) as [number[], number[]];

        return {
            columns: ['figure', 'this package, ms', 'Joi alone, ms', 'ratio', 'more, ms'],
            rows: [
                [
                    'a `start` whose `jobName` is 5 MB long and invalid',
                    spread(ours),
                    spread(joi),
                    spread(ratios(ours, joi)),
                    (median(ours) - median(joi)).toFixed(0)
                ]
            ],
            notes: [
                `Median and spread of ${rounds} rounds in alternating order, in one otherwise idle process. Joi quotes the whole text in its message; this package removes every token from it.`
            ]
        };
    } finally {
        program.kill();
    }
}

if (require.main === module) void print({ title, measure });
