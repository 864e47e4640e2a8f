// npm run test:packages [-- name…]: the tests that need their own packages, installed on first use.

import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { ROOT } from './support/child';
import { install } from './support/install';

const TESTS: Record<string, string> = {
    opentelemetry: 'examples/opentelemetry/tracing.test.ts',
    prometheus: 'examples/prometheus/metrics.test.ts',
    foreign: 'test/foreign-errors/foreign-errors.test.ts',
    runners: 'test/conformance-runners/runners.test.js'
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(TESTS);
const unknown = names.find(name => !Object.hasOwn(TESTS, name));

if (unknown !== undefined) {
    console.error(`There are no tests named ${unknown}, only ${Object.keys(TESTS).join(', ')}`);
    process.exit(2);
}
const files = names.map(name => TESTS[name]!);

for (const file of files) install(join(ROOT, dirname(file)));
const reporter = join(__dirname, 'support/node-test-reporter.mjs');
const { status } = spawnSync(
    process.execPath,
    ['--require', 'tsx/cjs', '--test', `--test-reporter=${reporter}`, ...files],
    { cwd: ROOT, stdio: 'inherit' }
);

process.exitCode = status ?? 1;
