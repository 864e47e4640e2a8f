import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { startApi, token } from './exchange-api';
import { median, ratios, spread } from './spread';
import { print, verdict, type Result } from './table';
import { inTurns, next } from './turns';

const OURS = '../..';
const UPSTREAM = 'screwdriver-executor-base-11';
const WITH_EXCHANGE = 'screwdriver-executor-base-6';
const BARE = 'node:http';

/** Runs a program of measured/ in a new process, and returns the milliseconds that it reports. */
export async function inProcess(file: string, argv: string[]): Promise<number> {
    const child = fork(join(__dirname, 'measured', file), argv, {
        execArgv: [],
        stdio: ['ignore', 'ignore', 2, 'ipc']
    });
    const took = await next<number>(child);

    child.kill();

    return took;
}

/** The same in a new thread. */
export async function inThread(file: string, argv: string[]): Promise<number> {
    const worker = new Worker(join(__dirname, 'measured', file), { argv, execArgv: [], stdout: true });
    const [took] = (await once(worker, 'message')) as [number];

    await worker.terminate();

    return took;
}

interface Loading {
    label: string;
    run: typeof inProcess;
    task: string;
    peer: string;
    target?: number;
}

const FIGURES: Loading[] = [
    { label: '`require`, fresh process', run: inProcess, task: 'require', peer: UPSTREAM, target: 0.1 },
    { label: 'first `start`, fresh process', run: inProcess, task: 'start', peer: UPSTREAM, target: 0.5 },
    { label: 'first `start`, fresh worker thread', run: inThread, task: 'start', peer: UPSTREAM, target: 0.5 },
    {
        label: 'first `start` that Joi must judge, fresh process',
        run: inProcess,
        task: 'start for Joi',
        peer: UPSTREAM
    },
    {
        label: 'first `start` that Joi must judge, fresh worker thread',
        run: inThread,
        task: 'start for Joi',
        peer: UPSTREAM
    },
    ...[inProcess, inThread].flatMap(run => {
        const label = `first \`start\` with an exchange, fresh ${run === inProcess ? 'process' : 'worker thread'}`;
        const task = 'start with an exchange';

        return [
            { label, run, task, peer: WITH_EXCHANGE, target: 0.15 },
            { label, run, task, peer: BARE }
        ];
    })
];

const NAMES: Record<string, string> = { [UPSTREAM]: '11.1.0', [WITH_EXCHANGE]: '6.1.5', [BARE]: 'bare node:http' };

export const title = 'Loading, once per build in the build-cluster worker';

export async function measure({ rounds = 5 } = {}): Promise<Result> {
    const { server, uris } = await startApi();
    const rows = [];
    const bars = [];

    try {
        for (const { label, run, task, peer, target } of FIGURES) {
            const argv = [task, uris.http, token('temporal')];
            const results = await inTurns([OURS, peer], rounds, name => run('load-once.js', [name, ...argv]));
            const [ours, theirs] = [results.get(OURS)!, results.get(peer)!];
            const beside = ratios(ours, theirs);
            const value = median(beside);
            const judged = target ? [`≤ ${target.toFixed(2)}`, verdict(value <= target)] : ['', ''];

            rows.push([label, spread(ours), NAMES[peer]!, spread(theirs), spread(beside), ...judged]);
            if (peer === UPSTREAM) bars.push({ label: label.replaceAll('`', ''), value, target });
        }
    } finally {
        server.kill();
    }

    return {
        columns: ['figure', 'this package, ms', 'compared with', 'ms', 'ratio', 'target', 'holds'],
        rows,
        notes: [
            `Median and spread of ${rounds} fresh processes or threads each, in alternating order.`,
            'A first `start` is require, construction and a validated start with the config that the real API passed, of a subclass that calls `parseAnnotations` in `_start`. The start of Node.js itself is not counted.',
            'On proven versions of screwdriver-data-schema, a plainly valid config is accepted without Joi. Any other config, here one with a freeze window, and any other version load Joi as 11.1.0 does: those rows have no target. If something else in the process has already loaded screwdriver-data-schema, there is no gain either.',
            'With an exchange, `_start` exchanges the token with an API on 127.0.0.1 and returns it. 11.1.0 has no exchange, so 6.1.5 is the peer; bare node:http only loads node:http and makes the request.'
        ],
        bars
    };
}

if (require.main === module) void print({ title, measure });
