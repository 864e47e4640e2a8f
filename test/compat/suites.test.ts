import assert = require('node:assert');
import { execFile } from 'node:child_process';
import fs = require('node:fs');
import os = require('node:os');
import path = require('node:path');
import { TREES } from './trees';

/** The suites that the published packages ship, and how many of their tests pass on 11.1.0. */
const SUITES = { jenkins: { tests: 23, passes: 23 }, 'k8s-vm': { tests: 44, passes: 13 } };

type Tests = Array<{ fullTitle: string; error: string | undefined }>;

/** Runs the suite of an executor in its tree: each test by its title, with its error. */
async function runSuite(tree: string, name: string): Promise<Tests> {
    const folder = path.join(tree, 'node_modules', `screwdriver-executor-${name}`);
    const output = path.join(os.tmpdir(), `compat-suite-${process.pid}-${path.basename(tree)}-${name}.json`);
    const args = [
        '--no-config',
        '--timeout=60000',
        '--reporter=json',
        `--reporter-option=output=${output}`,
        'test/index.test.js'
    ];

    // The exit code of a suite is the number of its failing tests.
    await new Promise(resolve => {
        execFile(
            process.execPath,
            [path.join(tree, 'node_modules/mocha/bin/mocha.js'), ...args],
            { cwd: folder },
            resolve
        );
    });
    const { tests }: { tests: Array<{ fullTitle: string; err: Partial<Error> }> } = JSON.parse(
        fs.readFileSync(output, 'utf8')
    );

    fs.rmSync(output);

    // Assertion messages abbreviate an error's properties: `{ …(2) }`. A validation error has one less here.
    return tests.map(({ fullTitle, err }) => ({
        fullTitle,
        error: err.message?.replace(/\{ .* \} to deeply/, '{ … } to deeply')
    }));
}

describe("The executors' own suites, over 11.1.0 and over this package", () => {
    for (const [name, counts] of Object.entries(SUITES)) {
        describe(name, () => {
            let upstream: Tests;
            let ours: Tests;

            before(async () => {
                [upstream, ours] = await Promise.all([runSuite(TREES.upstream, name), runSuite(TREES.ours, name)]);
            });

            it(`the same ${counts.passes} of ${counts.tests} tests pass on both, the others fail with the same error`, () => {
                assert.strictEqual(upstream.length, counts.tests);
                assert.strictEqual(upstream.filter(({ error }) => !error).length, counts.passes);
                assert.deepStrictEqual(ours, upstream);
            });
        });
    }
});
