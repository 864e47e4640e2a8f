// npm run test:matrix [-- --full]: tests the package with runtimes, compilers, bundlers and test runners.

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { prepareTrees } from '../compat/trees';
import { install } from '../support/install';
import { mocha } from '../support/mocha';
import { packInto } from '../support/pack';

const CACHE = join(__dirname, '.cache');

mkdirSync(CACHE, { recursive: true });
for (const file of ['package.json', 'package-lock.json', '.npmrc'])
    copyFileSync(join(__dirname, file), join(CACHE, file));
install(CACHE);
packInto(join(CACHE, 'node_modules', 'screwdriver-executor-base'));
prepareTrees();

const { status } = spawnSync(process.execPath, mocha(900_000, join(__dirname, '*.test.{js,ts}')), {
    stdio: 'inherit',
    env: { ...process.env, MATRIX_FULL: process.argv.includes('--full') ? '1' : '' }
});

process.exitCode = status ?? 1;
