// Compiles the consumers in types/, lib/ and the tests with every supported TypeScript.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './support/child';

const OLD_RESOLUTION_IS_DEPRECATED = ['--ignoreDeprecations', '6.0'];
const RUNS: Array<[compiler: string, project: string, ...flags: string[]]> = [
    ['typescript-5.9', '.', '--noEmit'],
    ['typescript-5.9', 'test/types'],
    ['typescript-5.9', 'test/types/tsconfig.bundler.json'],
    ['typescript-5.9', 'test/types/tsconfig.node10.json'],
    ['typescript', 'test/types'],
    ['typescript', 'test/types/tsconfig.bundler.json'],
    ['typescript', 'test/types/tsconfig.node10.json', ...OLD_RESOLUTION_IS_DEPRECATED],
    ['typescript-7', '.', '--noEmit'],
    ['typescript-7', 'test'],
    ['typescript-7', 'bench'],
    ['typescript-7', 'examples/process-executor'],
    ['typescript-7', 'test/types', '--skipLibCheck', 'false'],
    ['typescript-7', 'test/types/tsconfig.bundler.json']
];
/** A compiler needs a core and some hundred megabytes. */
const SIDE_BY_SIDE = 2;

async function compile([compiler, project, ...flags]: (typeof RUNS)[number]): Promise<boolean> {
    const begun = performance.now();
    const args = [join('node_modules', compiler, 'bin', 'tsc'), '--project', project, '--pretty', 'false', ...flags];
    const [error, output] = await new Promise<[Error | null, string]>(resolve => {
        execFile(process.execPath, args, { cwd: ROOT }, (failure, stdout, stderr) =>
            resolve([failure, stdout + stderr])
        );
    });
    const name = compiler.replace('-', ' ').padEnd(14);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);

    console.log(`${error ? 'FAILED' : 'ok    '} ${name} ${[project, ...flags].join(' ')} (${seconds} s)`);
    if (error) console.log(output);

    return error === null;
}

async function main(): Promise<void> {
    const queue = RUNS.values();
    let passed = true;

    await Promise.all(
        Array.from({ length: SIDE_BY_SIDE }, async () => {
            for (const run of queue) if (!(await compile(run))) passed = false;
        })
    );
    process.exitCode = passed ? 0 : 1;
}

void main();
