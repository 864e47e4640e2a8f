// Runs the conformance kit on one published executor, from the tree that holds this package: `node child.ts docker`.
// Sends a list of { title, group, why, failure }, where `failure` is the message of a failed check.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import path = require('node:path');
import { EXECUTORS } from '../executors';
import { TREES } from '../trees';
import type { Outcome } from './page';

const name = process.argv[2]!;
const load = createRequire(path.join(TREES.ours, 'package.json'));
const Plugin = load(`screwdriver-executor-${name}`);
const { conformance, ...exported } = load('screwdriver-executor-base/conformance');

interface Check {
    group: string;
    title: string;
    body(): Promise<void>;
}

/** The kit's limits. The retries of the executors' clients are set to end within them. */
const LIMITS = { startTimeout: 8_000, callTimeout: 4_000 };

/** A message queue gets the whole build, including the token. Nothing there is an argument. */
const WITHOUT_ARGUMENTS = ['queue'];

const checks: Check[] = [];

async function main() {
    const down = { port: 1, host: '127.0.0.1:1', uri: 'http://127.0.0.1:1' };
    const engines = { up: await startEngine(), slow: await startEngine({ silent: true }), down };
    const make =
        (engine: { host: string; port: number; uri: string }) =>
        ({ apiUri }: { apiUri: string }) =>
            new Plugin({
                ecosystem: { api: apiUri, store: apiUri, ui: apiUri, queue: engine.uri },
                ...EXECUTORS[name]!.options(engine)
            });
    let group: string;

    const options = {
        ...LIMITS,
        describe(title: string, body: () => void) {
            group = title;
            body();
        },
        // A rule that was not checked is neither kept nor broken.
        it: Object.assign((title: string, body: Check['body']) => void checks.push({ group, title, body }), {
            skip() {}
        }),
        factory: make(engines.up),
        engineDown: make(engines.down),
        engineSlow: make(engines.slow),
        ...(!WITHOUT_ARGUMENTS.includes(name) && { observe: { args: () => engines.up.seen() } })
    };

    conformance(options);
    const rules = Object.values<any>(exported).flatMap(({ rules }) => rules?.(options) ?? []);
    const why = new Map(rules.map(rule => [rule.title, rule.why]));

    const results: Outcome[] = [];

    for (const check of checks) {
        const failure = await check.body().then(
            () => undefined,
            (error: Error) => error.message
        );

        results.push({
            group: check.group,
            title: check.title,
            why: why.get(check.title),
            ...(failure && { failure })
        });
        process.send!({ progress: failure ? '✗' : '.' });
    }
    process.send!({ results }, () => process.exit());
}

/** Starts the engine in a separate process, which does not keep this one alive. */
async function startEngine({ silent = false } = {}) {
    const child = fork(path.join(__dirname, 'engine-process.ts'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });

    child.send({ start: name, silent });
    const [engine] = await once(child, 'message');

    return {
        ...engine,
        async seen() {
            child.send({ seen: true });
            const [{ seen }] = await once(child, 'message');

            return seen;
        }
    };
}

main().catch((error: Error) => {
    process.send!({ failure: error.stack }, () => process.exit(1));
});
