import { Runner, type Suite, type Test } from 'mocha';

const { EVENT_RUN_END, EVENT_SUITE_BEGIN, EVENT_SUITE_END, EVENT_TEST_FAIL, EVENT_TEST_PASS } = Runner.constants;

/** One line per suite, the failures in full, and at the end `N passed, N failed`. */
class SummaryReporter {
    constructor(runner: Runner) {
        const started = Date.now();
        let passed = 0;
        let failed = 0;
        let before = 0;

        runner.on(EVENT_SUITE_BEGIN, ({ title, tests }: Suite) => {
            before = passed + failed;
            if (tests.length > 0) process.stdout.write(`${title} ... `);
        });
        runner.on(EVENT_SUITE_END, ({ tests }: Suite) => {
            const seconds = Math.round((Date.now() - started) / 1000);

            if (tests.length > 0) console.log(`${passed + failed - before} tests (${seconds} s)`);
        });
        runner.on(EVENT_TEST_PASS, () => {
            passed += 1;
        });
        runner.on(EVENT_TEST_FAIL, (test: Test, error: Error) => {
            failed += 1;
            console.log(`\n  failed: ${test.fullTitle()}\n    ${text(error).replaceAll('\n', '\n    ')}`);
        });
        runner.on(EVENT_RUN_END, () => console.log(`${passed} passed, ${failed} failed`));
    }
}

function text({ message, stack = message }: Error): string {
    return (stack.includes(message) ? stack : `${message}\n${stack}`).slice(0, 6000);
}

export = SummaryReporter;
