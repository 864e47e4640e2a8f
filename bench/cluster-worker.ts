import { EXECUTORS } from '../test/compat/executors';
import { TREES, prepareTrees } from '../test/compat/trees';
import { startApi } from './exchange-api';
import { inProcess, inThread } from './load';
import { median, ratios, spread } from './spread';
import { print, type Result } from './table';
import { inTurns } from './turns';

const NAMES = ['ours', 'upstream'] as const;

export const title = 'What the build-cluster worker does: published router and Kubernetes executor';

export async function measure({ rounds = 5 } = {}): Promise<Result> {
    prepareTrees();
    const { server, uris } = await startApi();
    const engine = await EXECUTORS.k8s!.startEngine();
    const options = JSON.stringify({
        ecosystem: { api: uris.http, store: 'http://store.example', ui: 'http://ui.example' },
        defaultPlugin: 'k8s',
        executor: [{ name: 'k8s', options: EXECUTORS.k8s!.options(engine) }]
    });
    const rows = [];
    const bars = [];

    try {
        for (const [where, run] of [
            ['process', inProcess],
            ['worker thread', inThread]
        ] as const) {
            const results = await inTurns(NAMES, rounds, name => run('cluster-worker.js', [TREES[name], options]));
            const [ours, theirs] = NAMES.map(name => results.get(name)!) as [number[], number[]];
            const beside = ratios(ours, theirs);

            rows.push([`config to started build, fresh ${where}`, spread(ours), spread(theirs), spread(beside)]);
            bars.push({ label: `router and k8s, fresh ${where}`, value: median(beside) });
        }
    } finally {
        server.kill();
        await engine.close();
    }

    return {
        columns: ['figure', 'over this package, ms', 'over 11.1.0, ms', 'ratio'],
        rows,
        notes: [
            `Median and spread of ${rounds} fresh processes or threads each, in alternating order: screwdriver-executor-router and screwdriver-executor-k8s, as published, are required, constructed, and start a build on a Kubernetes API and a Screwdriver API that accept everything, in other processes on 127.0.0.1.`,
            'Most of the time goes into what the executors themselves load.'
        ],
        bars
    };
}

if (require.main === module) void print({ title, measure });
