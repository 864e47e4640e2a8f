import { startApi, token, TRUSTING } from './exchange-api';
import { digits, median, ratios, spread } from './spread';
import { print, verdict, type Result } from './table';
import { ask, inTurns, start } from './turns';

const OURS = 'this package';
const UPSTREAM = 'screwdriver-executor-base 6.1.5';
const BARE = 'node:http';
const NAMES = [OURS, UPSTREAM, BARE, 'undici 7'];
const EXCHANGES = { 1: 400, 16: 1200, 100: 1200 };
/** Exchanges to warm up, which are not counted. */
const WARM_UP = 4_000;

/** The minimum throughput and the maximum CPU. */
const TARGETS: Record<string, { throughput?: number; cpu: number }> = {
    [UPSTREAM]: { throughput: 1.3, cpu: 0.75 },
    [BARE]: { cpu: 1.3 }
};

interface Round {
    throughput: number;
    cpu: number;
    p50: number;
    p99: number;
}

function rowsOf(over: string, atATime: string, results: Map<string, Round[]>): string[][] {
    const of = (name: string, key: keyof Round) => results.get(name)!.map(result => result[key]);

    return NAMES.map(name => {
        const figure = (key: keyof Round) => digits(median(of(name, key)));
        const beside = (key: keyof Round) => ratios(of(OURS, key), of(name, key));
        const [throughput, cpu] = [beside('throughput'), beside('cpu')];
        const target = TARGETS[name];
        const holds = target && median(throughput) >= (target.throughput ?? 0) && median(cpu) <= target.cpu;

        return [
            over,
            atATime,
            name,
            figure('throughput'),
            name === OURS ? '' : spread(throughput),
            figure('cpu'),
            name === OURS ? '' : spread(cpu),
            figure('p50'),
            figure('p99'),
            target
                ? [target.throughput && `≥ ${target.throughput}`, `CPU ≤ ${target.cpu}`].filter(Boolean).join(', ')
                : '',
            holds === undefined ? '' : verdict(holds)
        ];
    });
}

export const title = 'The token exchange';

export async function measure({ rounds = 5 } = {}): Promise<Result> {
    const { server, uris } = await startApi();
    const clients = new Map(NAMES.map(name => [name, start('exchange-client.js', [name], TRUSTING)]));
    const rows = [];

    try {
        for (const [over, apiUri] of Object.entries(uris)) {
            const config = { token: token('temporal'), apiUri, buildId: 7 };
            const round = (name: string, count: number, atATime: number) =>
                ask<Round>(clients.get(name)!, { task: 'round', config, count, atATime });

            for (const name of NAMES) await round(name, WARM_UP, 16);
            for (const [atATime, count] of Object.entries(EXCHANGES)) {
                const results = await inTurns(NAMES, 2 * rounds, name => round(name, count, Number(atATime)));

                rows.push(...rowsOf(over, atATime, results));
            }
        }
    } finally {
        for (const child of [server, ...clients.values()]) child.kill();
    }

    return {
        columns: [
            'over',
            'at a time',
            'client',
            'exchanges/s',
            'ratio',
            'CPU µs each',
            'ratio',
            'p50 ms',
            'p99 ms',
            'target',
            'holds'
        ],
        rows,
        notes: [
            `Median of ${2 * rounds} rounds in alternating order, ${JSON.stringify(EXCHANGES)} exchanges a round by how many at a time, after ${WARM_UP} that are not counted.`,
            'Ratios are this package divided by the client of the row, median and spread. More exchanges a second and less CPU are better.',
            'Server and clients run in separate processes on 127.0.0.1. node:http and undici only send and parse: no validation, no time limit, no check of the scope, no retries.'
        ]
    };
}

if (require.main === module) void print({ title, measure });
