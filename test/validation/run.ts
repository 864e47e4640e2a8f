// npm run test:validation [version]: checks whether a version of screwdriver-data-schema accepts everything that is
// accepted without Joi, with 100,000 configs per schema. The version is any that npm knows, by default `latest`.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROVEN } from '../../dist/validation/data-schema';

const NAME = 'screwdriver-data-schema';
const folder = mkdtempSync(join(tmpdir(), `${NAME}-`));

/** Whether the shortcut is valid. Prints failures. */
function holds(): boolean {
    const args = [require.resolve('mocha/bin/mocha.js'), join(__dirname, 'plainly-valid.test.ts')];
    const env = { ...process.env, DATA_SCHEMA: join(folder, 'package.json'), RUNS: process.env.RUNS ?? '100000' };

    return spawnSync(process.execPath, args, { stdio: 'inherit', env }).status === 0;
}

function main(asked: string): boolean {
    const args = ['install', `${NAME}@${asked}`, `--prefix=${folder}`, '--ignore-scripts', '--loglevel=error'];

    if (spawnSync('npm', args, { stdio: 'inherit' }).status !== 0) return false;
    const { version } = createRequire(folder + '/')(`${NAME}/package.json`) as { version: string };
    const [held, listed] = [holds(), PROVEN.includes(version)];

    console.log(
        `The short cut past Joi ${held ? 'holds' : 'does not hold'} for ${NAME} ${version}, ` +
            `which is ${listed ? '' : 'not '}in PROVEN of lib/validation/data-schema.ts` +
            (held === listed ? '.' : `: ${held ? 'add it' : 'take it out'}.`)
    );

    return held;
}

try {
    process.exitCode = main(process.argv[2] ?? 'latest') ? 0 : 1;
} finally {
    rmSync(folder, { recursive: true });
}
