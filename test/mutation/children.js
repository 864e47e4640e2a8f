'use strict';

// Loaded by Stryker's runner, and through NODE_OPTIONS by the programs that tests start: those see the mutant as well,
// and what they run of the mutated code counts as covered by the test.

const { appendFileSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const { COVERED_MUTANTS } = process.env;

if (COVERED_MUTANTS) {
    process.once('exit', () => {
        const { static: covered = {} } = globalThis.__stryker__?.mutantCoverage ?? {};

        appendFileSync(COVERED_MUTANTS, Object.keys(covered).join(' ') + ' ');
    });
} else {
    const file = join(tmpdir(), `covered-mutants-${process.pid}`);

    process.env.COVERED_MUTANTS = file;
    process.env.NODE_OPTIONS = `--require=${__filename}`;
    process.once('exit', () => rmSync(file, { force: true }));

    exports.mochaHooks = {
        beforeEach() {
            writeFileSync(file, '');
            process.env.__STRYKER_ACTIVE_MUTANT__ = globalThis.__stryker__.activeMutant ?? '';
        },
        afterEach() {
            const { currentTestId } = globalThis.__stryker__;

            if (currentTestId === undefined) return;
            const { perTest } = (globalThis.__stryker__.mutantCoverage ??= { static: {}, perTest: {} });
            const covered = (perTest[currentTestId] ??= {});

            for (const id of readFileSync(file, 'utf8').split(' ').filter(Boolean)) covered[id] ??= 1;
        }
    };
}
