'use strict';

const { execFile } = require('node:child_process');
const path = require('node:path');
const { HOOKS } = require('./executors');

/** How each runner runs its one file. Runners with a package come from this folder's node_modules. */
const RUNNERS = {
    'node:test': ['--test', '--test-reporter=spec', 'node-test.spec.js'],
    mocha: [require.resolve('mocha/bin/mocha.js'), '--no-config', 'mocha.spec.js'],
    vitest: [
        path.join(__dirname, 'node_modules/vitest/vitest.mjs'),
        'run',
        '--reporter=verbose',
        '--config',
        'vitest.config.mjs'
    ],
    jest: [path.join(__dirname, 'node_modules/jest/bin/jest.js'), '--config', 'jest.config.json', '--ci']
};

const NOT_CHECKED = 'not checked: whether calls settle when the engine does not answer \\(engineSlow is not given\\)';

/** The expected result for each executor: whether the run is green, and what it must print. */
const EXPECTED = {
    right: {
        isGreen: true,
        says: [/\b\d{2,} (passing|passed)|pass \d{2,}/, /\b11 (skipped|pending)|skipped 11\b/, new RegExp(NOT_CHECKED)]
    },
    broken: {
        isGreen: false,
        says: [
            /a supported verify resolves with a string\s+What happened: verify resolved undefined\s+Why: .+\s+What to change: /
        ]
    },
    // Four parts, and the line of code within the next eleven lines.
    throwing: {
        isGreen: false,
        says: [
            /verify does not fail a running build\s+What happened: verify rejected with TypeError: no such engine\s+Why: .+\s+What to change: .+\n(?:.*\n){0,10}.*executors\.js:\d+/
        ]
    }
};

for (const hook of HOOKS) {
    const name = hook.slice(1);
    const says = [
        new RegExp(
            `${name} settles\\s+What happened: ${name} never settles: two calls, one of them for a plain build, waited`
        ),
        ...(['_stopTimer'].includes(hook) ? [] : [new RegExp(`Not tried: ${name} never settles, see "`)])
    ];

    for (const executor of [`${hook} hangs`, `${hook} hangs in turn`]) EXPECTED[executor] = { isGreen: false, says };
}

/** Milliseconds that a run may take. On an idle machine sixty seconds are enough for every executor that hangs. */
const LIMIT = 120_000;

/** What is wrong with a runner's result for an executor, if anything. */
function flawOf(runner, executor) {
    const { isGreen, says } = EXPECTED[executor];
    // A runner that runs inside another one would inherit its settings.
    const { NODE_TEST_CONTEXT, NODE_V8_COVERAGE, ...env } = process.env;

    void [NODE_TEST_CONTEXT, NODE_V8_COVERAGE];

    return new Promise(resolve => {
        const options = { cwd: __dirname, env: { ...env, NO_COLOR: '1', EXECUTOR: executor }, timeout: LIMIT };

        execFile(process.execPath, RUNNERS[runner], options, (error, stdout, stderr) => {
            const output = `${stdout}\n${stderr}`;
            const missing = says.find(text => !text.test(output));

            if (error?.killed) resolve(`it hangs\n${output}`);
            else if ((error === null) !== isGreen) resolve(`it is ${isGreen ? 'red' : 'green'}\n${output}`);
            else resolve(missing && `it does not say ${missing}\n${output}`);
        });
    });
}

module.exports = { EXPECTED, flawOf };
