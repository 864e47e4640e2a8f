import { median, ratios, spread } from './spread';
import { print, verdict, type Result } from './table';
import { ask, inTurns, start } from './turns';

const UPSTREAM = '11.1.0';
const OURS = 'this package';
const NAMES = [OURS, 'this package, in turn', UPSTREAM];
const COUNTS = [1, 10, 100, 1000, 10_000];
const TOTAL = 10_000;
/** With fewer in flight, other objects weigh more in the heap than they do. */
const enough = (name: string) => (name === UPSTREAM ? 10_000 : 100);
const BYTES = 2048;

const FLAT = 1.2;

interface Task {
    name: string;
    count: number;
}

/** Microseconds and bytes an operation. */
interface Cost {
    time: number;
    memory: number;
}

export const title = 'Operations in flight';

export async function measure({ rounds = 5 } = {}): Promise<Result> {
    const waiting = new Map(NAMES.map(name => [name, start('waiting.js', [name])]));
    const tasks = NAMES.flatMap(name => COUNTS.map(count => ({ name, count })));

    try {
        const results = await inTurns(tasks, rounds, ({ name, count }) =>
            ask<Cost>(waiting.get(name)!, { count, total: TOTAL })
        );

        return figure(results, rounds);
    } finally {
        for (const child of waiting.values()) child.kill();
    }
}

function figure(results: Map<Task, Cost[]>, rounds: number): Result {
    const of = (name: string, count: number, key: keyof Cost) => {
        const [, found] = [...results].find(([task]) => task.name === name && task.count === count)!;

        return found.map(result => result[key]);
    };
    const rows = [...results.keys()].map(({ name, count }) => {
        const time = of(name, count, 'time');
        const beside = ratios(time, of(name, COUNTS[0]!, 'time'));
        const row = [name, count, spread(time), spread(beside)];

        const judged = (holds: boolean) => (name === UPSTREAM || count > 1000 ? '' : verdict(holds));

        if (count < enough(name)) return [...row, '', '', judged(median(beside) <= FLAT)];
        const memory = of(name, count, 'memory');
        const more = ratios(memory, of(name, enough(name), 'memory'));
        const isSmall = name !== OURS || (median(more) <= FLAT && median(memory) <= BYTES);
        const holds = median(beside) <= FLAT && isSmall;

        return [...row, spread(memory), spread(more), judged(holds)];
    });

    return {
        columns: [
            'package',
            'in flight',
            'µs each',
            'compared with 1',
            'bytes each',
            'compared with the first',
            'holds'
        ],
        rows,
        notes: [
            `Median and spread of ${rounds} rounds of ${TOTAL} starts, with this many at a time on one executor, in alternating order. Their hook waits until all have begun. Each has its own config, which is not counted.`,
            'Bytes are the growth of the heap after garbage collection while the hooks wait, including the promises of the caller.',
            '11.1.0 keeps about a hundred bytes, too little to measure with a few in flight. This package keeps what shutdown and the lookup of a bare token need: the operation, its config by its token, and the frames of its asynchronous functions.',
            'Held to at most 1.20 of the time of one in flight; without turns also to 1.20 of the bytes of a hundred, and to 2 KB each.',
            'The limit applies up to 1,000. Beyond that each costs more: waiting operations outlive the young generation of the heap and are copied once. In the same rows 11.1.0 is flat, since Joi outweighs the rest.'
        ]
    };
}

if (require.main === module) void print({ title, measure });
