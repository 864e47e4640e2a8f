import { median, ratios, spread } from './spread';
import { print, verdict, type Result } from './table';
import { ask, inTurns, start } from './turns';

const WITH = 'in turn';
const WITHOUT = 'not in turn';
const STARTS = 5_000;
const BUILDS = 100_000;
/** Bytes by which a heap of this size varies between two measurements. */
const LEVEL = 256 * 1024;
const TARGET = 1.5;

export const title = 'Calls in turn';

export async function measure({ rounds = 5 } = {}): Promise<Result> {
    const programs = new Map([WITH, WITHOUT].map(name => [name, start('in-turn.js', [name])]));

    try {
        const times = await inTurns([...programs.keys()], 2 * rounds, name =>
            ask<number>(programs.get(name)!, { task: 'time', count: STARTS })
        );
        const left = await ask<number>(programs.get(WITH)!, { task: 'left', count: BUILDS });
        const beside = ratios(times.get(WITH)!, times.get(WITHOUT)!);

        return {
            columns: ['figure', WITH, WITHOUT, 'ratio', 'target', 'holds'],
            rows: [
                [
                    'warm `start` with an empty hook, µs',
                    spread(times.get(WITH)!),
                    spread(times.get(WITHOUT)!),
                    spread(beside),
                    `≤ ${TARGET}`,
                    verdict(median(beside) <= TARGET)
                ],
                [
                    `heap left of ${BUILDS} starts and stops, KB`,
                    (left / 1024).toFixed(1),
                    '',
                    '',
                    `≤ ${LEVEL / 1024}`,
                    verdict(left <= LEVEL)
                ]
            ],
            notes: [
                `Median and spread of ${2 * rounds} rounds of ${STARTS} starts, one after the other, in alternating order, of two subclasses that differ in \`callsInTurn\` alone.`,
                'For the heap, each build is stopped while it starts; 5,000 builds before that are not counted. What is left is after garbage collection.',
                'The next section has the cost per operation by the number in flight.'
            ]
        };
    } finally {
        for (const program of programs.values()) program.kill();
    }
}

if (require.main === module) void print({ title, measure });
