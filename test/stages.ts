import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

const BUILD = { build: 'npm run build && npm run build --workspaces --if-present' };
/** Concurrent, since the tests mostly wait for clocks and processes. */
const LANES = [
    { unit: 'npm run test:unit' },
    { lint: 'npm run lint', types: 'npm run test:types', package: 'npm run test:package' }
];

const took: string[] = [];

/** Runs the stages in order and prints the output of each in one piece. Stops at the first failure. */
async function run(stages: Record<string, string>): Promise<boolean> {
    for (const [stage, command] of Object.entries(stages)) {
        const begun = performance.now();
        const child = spawn(`{ ${command}; } 2>&1`, { shell: true, stdio: ['ignore', 'pipe', 'inherit'] });

        console.log(`== ${stage} begins: ${command}`);
        const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
        const seconds = `${stage} ${Math.round((performance.now() - begun) / 1000)} s`;

        took.push(seconds);
        console.log(`\n== ${seconds}\n${output}`);
        if (code !== 0) {
            console.error(`Failed: ${stage}. Repeat it alone: ${command}\n`);

            return false;
        }
    }

    return true;
}

async function main(): Promise<void> {
    const passed = (await run(BUILD)) && (await Promise.all(LANES.map(run))).every(Boolean);
    const all = `${took.join(', ')}, ${Math.round(performance.now() / 1000)} s in all`;

    console.log(passed ? `Passed: ${all}` : `Failed: ${all}`);
    process.exitCode = passed ? 0 : 1;
}

void main();
