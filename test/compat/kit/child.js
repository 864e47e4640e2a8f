'use strict';

// Runs the conformance kit on one published executor, from the tree that holds this package: `node child.js docker`.
// Sends a list of { title, group, why, failure }, the failure being the message of a check which failed.

const { fork } = require('node:child_process');
const { once } = require('node:events');
const { createRequire } = require('node:module');
const path = require('node:path');
const { EXECUTORS } = require('../executors');
const { TREES } = require('../trees');

const name = process.argv[2];
const load = createRequire(path.join(TREES.ours, 'package.json'));
const Plugin = load(`screwdriver-executor-${name}`);
const { conformance, ENGINE_ANNOTATIONS, ...groups } = load('screwdriver-executor-base/conformance');

void ENGINE_ANNOTATIONS;

/** The kit's limits: the retries of the executors' clients are set to end within them. */
const LIMITS = { startTimeout: 8_000, callTimeout: 4_000 };

/** A message queue takes the whole build, token and all: nothing there is an argument. */
const WITHOUT_ARGUMENTS = ['queue'];

const checks = [];

async function main() {
    const engines = { up: await startEngine(), slow: await startEngine({ silent: true }), down: { port: 1 } };

    Object.assign(engines.down, { host: '127.0.0.1:1', uri: 'http://127.0.0.1:1' });
    const make =
        engine =>
        ({ apiUri }) =>
            new Plugin({
                ecosystem: { api: apiUri, store: apiUri, ui: apiUri, queue: engine.uri },
                ...EXECUTORS[name].options(engine)
            });
    let group;

    const options = {
        ...LIMITS,
        describe(title, body) {
            group = title;
            body();
        },
        // What was not checked is neither kept nor broken.
        it: Object.assign((title, body) => void checks.push({ group, title, body }), { skip() {} }),
        factory: make(engines.up),
        engineDown: make(engines.down),
        engineSlow: make(engines.slow),
        ...(!WITHOUT_ARGUMENTS.includes(name) && { observe: { args: () => engines.up.seen() } })
    };

    conformance(options);
    const rules = Object.values(groups).flatMap(({ rules }) => rules(options));
    const why = new Map(rules.map(rule => [rule.title, rule.why]));

    const results = [];

    for (const check of checks) {
        const failure = await check.body().then(
            () => undefined,
            error => error.message
        );

        results.push({ group: check.group, title: check.title, why: why.get(check.title), failure });
        process.send({ progress: failure ? '✗' : '.' });
    }
    process.send({ results }, () => process.exit());
}

/** Apart from this process, and not holding it. */
async function startEngine({ silent = false } = {}) {
    const child = fork(path.join(__dirname, 'engine-process.js'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });

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

main().catch(error => {
    process.send({ failure: error.stack }, () => process.exit(1));
});
