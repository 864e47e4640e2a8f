'use strict';

const Mocha = require('mocha');

const { EVENT_RUN_END, EVENT_SUITE_BEGIN, EVENT_SUITE_END, EVENT_TEST_FAIL, EVENT_TEST_PASS } = Mocha.Runner.constants;

/** One line per suite, the failures in full, and at the end `N passed, N failed`. */
module.exports = class SummaryReporter {
    constructor(runner) {
        const started = Date.now();
        const failures = [];
        let passed = 0;
        let before = 0;

        runner.on(EVENT_SUITE_BEGIN, ({ title, tests }) => {
            before = passed + failures.length;
            if (tests.length > 0) process.stdout.write(`${title} ... `);
        });
        runner.on(EVENT_SUITE_END, ({ tests }) => {
            const seconds = Math.round((Date.now() - started) / 1000);

            if (tests.length > 0) console.log(`${passed + failures.length - before} tests (${seconds} s)`);
        });
        runner.on(EVENT_TEST_PASS, () => {
            passed += 1;
        });
        runner.on(EVENT_TEST_FAIL, (test, error) => {
            failures.push(test);
            console.log(`\n  failed: ${test.fullTitle()}\n    ${text(error).replaceAll('\n', '\n    ')}`);
        });
        runner.on(EVENT_RUN_END, () => console.log(`${passed} passed, ${failures.length} failed`));
    }
};

function text({ message, stack = message }) {
    return (stack.includes(message) ? stack : `${message}\n${stack}`).slice(0, 6000);
}
