import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** These wait for clocks and for processes that they start, most of the time: the others run beside them. */
const WAITING = [
    'test/conformance/**/*.test.ts',
    'test/{documents,scaffold}/**/*.test.ts',
    'test/exchange/**/*.test.ts',
    'examples/process-executor/test/**/*.test.ts'
];
const ALL = ['test/**/*.test.ts', 'examples/{process,docker,kubernetes}-executor/test/**/*.test.ts'];
const LANES = [...WAITING.map(files => [files]), [...ALL, ...WAITING.flatMap(files => ['--ignore', files])]];

async function run(lane: string[]): Promise<boolean> {
    const mocha = spawn(process.execPath, [require.resolve('mocha/bin/mocha.js'), ...lane]);
    let output = '';

    for (const stream of [mocha.stdout, mocha.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
            output += text;
        });
    }
    const [code] = (await once(mocha, 'close')) as [number | null];

    console.log(output);

    return code === 0;
}

void Promise.all(LANES.map(run)).then(passed => {
    process.exitCode = passed.every(Boolean) ? 0 : 1;
});
