// Compiles the consumers beside this file, and lib/ itself, under each TypeScript that is supported.
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const OLD_RESOLUTION_IS_DEPRECATED = ['--ignoreDeprecations', '6.0'];
const runs = [
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

async function compile([compiler, project, ...flags]) {
    const begun = performance.now();
    const args = [join('node_modules', compiler, 'bin', 'tsc'), '--project', project, '--pretty', 'false', ...flags];
    const [error, output] = await new Promise(resolve => {
        execFile(process.execPath, args, { cwd: root }, (failure, stdout, stderr) =>
            resolve([failure, stdout + stderr])
        );
    });
    const name = compiler.replace('-', ' ').padEnd(14);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);

    console.log(`${error ? 'FAILED' : 'ok    '} ${name} ${[project, ...flags].join(' ')} (${seconds} s)`);
    if (error) console.log(output);

    return !error;
}

const queue = [...runs];
const results = [];

// Two at a time: a compiler takes a core and some hundred megabytes.
await Promise.all(
    [1, 2].map(async () => {
        while (queue.length > 0) results.push(await compile(queue.shift()));
    })
);
process.exitCode = results.every(Boolean) ? 0 : 1;
