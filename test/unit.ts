import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** The longest groups first. All other files run in one more group. */
const LANES = [
    'test/conformance/broken.test.ts',
    'test/exchange/**/*.test.ts',
    'test/scaffold/**/*.test.ts',
    'test/documents/**/*.test.ts',
    'test/conformance/!(broken).test.ts',
    'examples/process-executor/test/**/*.test.ts'
];
const ALL = ['test/**/*.test.ts', 'examples/{process,docker}-executor/test/**/*.test.ts'];
/** How many run at once. They mostly wait for clocks and for processes that they start. */
const SIDE_BY_SIDE = 4;

async function run(files: string[]): Promise<boolean> {
    const begun = performance.now();
    const command = [require.resolve('mocha/bin/mocha.js'), ...files];
    const mocha = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [output, [code]] = await Promise.all([text(mocha.stdout), once(mocha, 'close')]);

    console.log(`${files[0]}: ${Math.round((performance.now() - begun) / 1000)} s\n${output}`);

    return code === 0;
}

async function main(): Promise<void> {
    const rest = [...ALL, ...LANES.flatMap(files => ['--ignore', files])];
    const queue = [rest, ...LANES.map(files => [files])].values();
    let passed = true;

    await Promise.all(
        Array.from({ length: SIDE_BY_SIDE }, async () => {
            for (const files of queue) if (!(await run(files))) passed = false;
        })
    );
    console.log(
        'Not run: the tests of examples/kubernetes-executor and examples/ecs-executor, by npm ci and npm test in the folder'
    );
    process.exitCode = passed ? 0 : 1;
}

void main();
