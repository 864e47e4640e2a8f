// npm run test:compat [-- --full]: shows that the published executors run on this package as they do on 11.1.0.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { mocha } from '../support/mocha';
import { prepareTrees } from './trees';

prepareTrees();
const { status } = spawnSync(process.execPath, mocha(600_000, join(__dirname, '*.test.{js,ts}')), {
    stdio: 'inherit',
    env: { ...process.env, COMPAT_FULL: process.argv.includes('--full') ? '1' : '' }
});

process.exitCode = status ?? 1;
