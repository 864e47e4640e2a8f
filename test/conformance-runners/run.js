'use strict';

// npm run test:runners: the kit in vitest and jest, on a right, a broken and a hanging executor. The first run installs
// both here.

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { EXPECTED, flawOf } = require('./runners');

async function main() {
    if (!fs.existsSync(path.join(__dirname, 'node_modules/vitest/vitest.mjs'))) {
        console.log('Installing vitest and jest ...');
        // Not `npm ci`: it wants the optional packages of every platform in the lock file, and registries lack some.
        execFileSync('npm', ['install', '--no-save', '--ignore-scripts'], { cwd: __dirname, stdio: 'inherit' });
    }
    let passed = 0;
    let failed = 0;

    for (const runner of ['vitest', 'jest']) {
        for (const executor of Object.keys(EXPECTED)) {
            process.stdout.write(`${runner} on the ${executor} executor ... `);
            const flaw = await flawOf(runner, executor);

            console.log(flaw ?? 'as it should be');
            if (flaw) failed += 1;
            else passed += 1;
        }
    }
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed === 0 ? 0 : 1;
}

main();
