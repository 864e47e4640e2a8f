// npm run test:mutation [-- room…]: Stryker changes the code of a room, and its tests must notice.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/child';
import { install } from '../support/install';

/** The code of a room, its tests, those that are quick and strict first, and the lowest score in percent that passes. */
interface Room {
    code: string[];
    tests: string[];
    least: number;
    /**
     * Whether to leave alone what runs when a module loads. In the kit these are the titles, reasons and advice of the
     * checks, and a test compares them with docs/conformance.md. Each of them would take a process and all tests.
     */
    ignoreStatic?: boolean;
}

/** Tests of the kit that are made for this. */
const ONE_BY_ONE = 'test/conformance/one-by-one';

const ROOMS: Record<string, Room> = {
    operations: {
        code: ['lib/operations/**/*.ts', 'lib/calls.ts'],
        tests: [
            'test/operations/!(sigterm|turns-model).test.ts',
            'test/exchange/bare-token.test.ts',
            'test/exchange/handed-over.test.ts',
            'test/exchange/in-turn.test.ts',
            'test/executor/hooks.test.ts',
            'test/executor/callbacks.test.ts',
            'test/observability/!(node-debug).test.ts',
            'test/operations/turns-model.test.ts'
        ],
        least: 90
    },
    validation: {
        code: ['lib/validation/**/*.ts'],
        tests: [
            'test/validation/plainly-valid.test.ts',
            'test/validation/schema.test.ts',
            'test/exchange/config.test.ts',
            'test/exchange/options.test.ts',
            'test/build/launch-options.test.ts',
            'test/build/annotations.test.ts',
            'test/validation/data-schema.test.ts'
        ],
        least: 90
    },
    exchange: {
        code: ['lib/exchange/**/*.ts', 'lib/connection.ts'],
        tests: [
            'test/exchange/!(abort|connections|debug-output|faults|outage).test.ts',
            'test/observability/message.test.ts',
            'test/exchange/faults.test.ts',
            'test/exchange/abort.test.ts',
            'test/exchange/connections.test.ts',
            'test/exchange/outage.test.ts'
        ],
        least: 90
    },
    errors: { code: ['lib/errors/**/*.ts'], tests: ['test/errors/**/*.test.ts'], least: 90 },
    executor: {
        code: ['lib/executor.ts'],
        tests: ['test/{build,exchange,executor,observability,operations}/**/*.test.ts'],
        least: 90
    },
    testing: { code: ['lib/testing/**/*.ts'], tests: ['test/testing/**/*.test.ts'], least: 85 },
    'kit-rules': {
        code: ['lib/conformance/!(calls|finding|group|hangs|index|outcome|report|testbed|valid-options).ts'],
        tests: [
            'test/conformance/*(classified|document|followed|misuse|moments|rules|stats-shapes|token-leaks).test.ts',
            `${ONE_BY_ONE}/checks.ts`
        ],
        least: 85,
        ignoreStatic: true
    },
    'kit-options': {
        code: ['lib/conformance/{group,index,valid-options}.ts'],
        tests: ['test/conformance/*(document|not-checked|options|testbed).test.ts'],
        least: 85,
        ignoreStatic: true
    },
    'kit-reports': {
        code: ['lib/conformance/{finding,outcome,report}.ts'],
        tests: ['test/conformance/*(classified|misuse|options|report|stats-shapes|testbed|token-leaks).test.ts'],
        least: 85,
        ignoreStatic: true
    },
    'kit-calls': {
        code: ['lib/conformance/{calls,hangs,testbed}.ts'],
        // The fastest first: the first that notices a change is the last that runs.
        tests: [
            'test/conformance/*(options|testbed).test.ts',
            'test/conformance/*(grace-period|misuse).test.ts',
            `${ONE_BY_ONE}/hangs.ts`
        ],
        least: 85,
        ignoreStatic: true
    }
};

/** The first allows no global variable, and Stryker has one. The other runs the kit in every runner, for minutes. */
const NOT_RUN = ['test/executor/loading.test.ts', 'test/conformance/runners.test.ts'];

const PROJECT = join(__dirname, '.cache/project');

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(ROOMS);
const unknown = names.find(name => !Object.hasOwn(ROOMS, name));

if (unknown !== undefined) {
    console.error(`There is no room named ${unknown}, only ${Object.keys(ROOMS).join(', ')}`);
    process.exit(2);
}
install(__dirname);
copyProject();
for (const name of names) if (!judge(name, ROOMS[name]!)) process.exitCode = 1;

/** A copy of this package with an older mocha, since Stryker uses the mocha of the project. */
function copyProject(): void {
    const modules = join(PROJECT, 'node_modules');

    rmSync(PROJECT, { recursive: true, force: true });
    mkdirSync(modules, { recursive: true });
    for (const path of tracked('lib', 'test', 'index.js', 'package.json', 'tsconfig.json', 'docs', 'README.md'))
        cpSync(join(ROOT, path), join(PROJECT, path));
    for (const name of readdirSync(join(ROOT, 'node_modules')))
        if (name !== 'mocha') symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    symlinkSync(join(__dirname, 'node_modules/mocha'), join(modules, 'mocha'));
}

/** The files under these paths that are not ignored by git. */
function tracked(...paths: string[]): string[] {
    const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '--', ...paths];

    return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
}

function judge(name: string, { code, tests, least, ignoreStatic = false }: Room): boolean {
    const config = join(PROJECT, 'stryker.conf.json');
    const report = join(__dirname, '.cache', name);

    writeFileSync(
        config,
        JSON.stringify({
            mutate: code,
            testRunner: 'mocha',
            plugins: [join(__dirname, 'node_modules/@stryker-mutator/mocha-runner/dist/src/index.js')],
            mochaOptions: { spec: tests, ignore: NOT_RUN, require: ['tsx/cjs', './test/mutation/children.js'] },
            testRunnerNodeArgs: ['--unhandled-rejections=strict'],
            buildCommand: 'npm run build',
            coverageAnalysis: 'perTest',
            ignoreStatic,
            incremental: true,
            incrementalFile: `${report}.json`,
            reporters: ['progress-append-only', 'clear-text', 'html'],
            clearTextReporter: { allowColor: false, logTests: false },
            htmlReporter: { fileName: `${report}.html` },
            thresholds: { high: 100, low: least, break: least },
            concurrency: 3
        })
    );
    console.log(`${name}: the tests must notice ${least} % of the changes`);
    const { status } = spawnSync(
        join(__dirname, 'node_modules/node-22/bin/node'),
        [join(__dirname, 'node_modules/@stryker-mutator/core/bin/stryker.js'), 'run', config],
        { cwd: PROJECT, stdio: 'inherit' }
    );

    return status === 0;
}
