'use strict';

// npm run test:packages [-- name…]: the tests that need packages of their own, installed on first use.

const { spawnSync } = require('node:child_process');
const { dirname, join } = require('node:path');
const { install } = require('./support/install');

const ROOT = join(__dirname, '..');
const TESTS = {
    opentelemetry: 'examples/opentelemetry/tracing.test.js',
    prometheus: 'examples/prometheus/metrics.test.js',
    foreign: 'test/foreign-errors/foreign-errors.test.js',
    runners: 'test/conformance-runners/runners.test.js'
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(TESTS);
const unknown = names.find(name => !Object.hasOwn(TESTS, name));

if (unknown !== undefined) {
    console.error(`There are no tests named ${unknown}, only ${Object.keys(TESTS).join(', ')}`);
    process.exit(2);
}
const files = names.map(name => TESTS[name]);

for (const file of files) install(join(ROOT, dirname(file)));
const reporter = join(__dirname, 'support/node-test-reporter.mjs');
const { status } = spawnSync(process.execPath, ['--test', `--test-reporter=${reporter}`, ...files], {
    cwd: ROOT,
    stdio: 'inherit'
});

process.exitCode = status ?? 1;
