'use strict';

// npm run test:compat [-- --full]: shows that the published executors run on this package as they do on 11.1.0.

const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { prepareTrees } = require('./trees');

const ROOT = path.join(__dirname, '..', '..');

prepareTrees();
const { status } = spawnSync(
    process.execPath,
    [
        require.resolve('mocha/bin/mocha.js'),
        '--no-config',
        '--timeout=600000',
        `--reporter=${path.join(ROOT, 'test', 'support', 'summary-reporter.js')}`,
        path.join(__dirname, '*.test.js')
    ],
    { stdio: 'inherit', env: { ...process.env, COMPAT_FULL: process.argv.includes('--full') ? '1' : '' } }
);

process.exitCode = status ?? 1;
