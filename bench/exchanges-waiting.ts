import { startApi, token } from './exchange-api';
import { ratios, spread, median } from './spread';
import { print, verdict, type Result } from './table';
import { ask, inTurns, start } from './turns';

const OURS = 'this package';
const BARE = 'node:http';
const COUNTS = [1_000, 10_000];
/** What counts as flat. */
const FLAT = 1.2;

export const title = 'Exchanges in flight, on a server that does not answer';

export async function measure({ rounds = 5 } = {}): Promise<Result> {
    const { server, uris } = await startApi();
    const config = { token: token('temporal'), apiUri: uris.http, buildId: 7 };
    const tasks = [OURS, BARE].flatMap(name => COUNTS.map(count => ({ name, count })));

    try {
        const results = await inTurns(tasks, Math.ceil(rounds / 2), async ({ name, count }) => {
            const client = start('exchange-client.js', [name]);

            try {
                return await ask<number>(client, { task: 'waiting', config, count });
            } finally {
                client.kill();
            }
        });
        const of = (name: string, count: number) =>
            results.get(tasks.find(task => task.name === name && task.count === count)!)!;
        const rows = tasks.map(({ name, count }) => {
            const flat = ratios(of(name, count), of(name, COUNTS[0]!));

            return [
                name,
                count,
                spread(of(name, count).map(bytes => bytes / 1024)),
                spread(flat),
                name === OURS ? spread(ratios(of(name, count), of(BARE, count))) : '',
                name === OURS ? verdict(median(flat) <= FLAT) : ''
            ];
        });

        return {
            columns: [
                'client',
                'in flight',
                'KB each',
                `compared with ${COUNTS[0]}`,
                `compared with ${BARE}`,
                `flat (≤ ${FLAT})`
            ],
            rows,
            notes: [
                `Median and spread of ${Math.ceil(rounds / 2)} fresh processes each, in alternating order. Each exchange has its own connection, as Node's global agent opens them.`,
                'Bytes are the growth of the heap and of external buffers after garbage collection, including sockets and the promises of the caller.'
            ]
        };
    } finally {
        server.kill();
    }
}

if (require.main === module) void print({ title, measure });
