import { parseArgs } from 'node:util';
import { run } from './run';
import { FAIL, HANG, PARALLEL, SUCCEED, type Scenario } from './scenarios';
import { StepFailure, Timeline } from './timeline';

const USAGE = `Runs a build on the process executor, against an API on 127.0.0.1.

npm run demo                    ${SUCCEED.title}
npm run demo -- --fail          ${FAIL.title}
npm run demo -- --hang          ${HANG.title}
npm run demo -- --parallel      ${PARALLEL.title}

  --job-tools FOLDER   use this folder, with an executable named launch, instead of the demo's own
  --help               show this text

Exit code: 0 when every step went as expected (a failing build is expected to fail), 1 when one did not,
2 for arguments that are not understood, 130 after Ctrl-C.`;

const SCENARIOS = { fail: FAIL, hang: HANG, parallel: PARALLEL };

function parse() {
    return parseArgs({
        options: {
            fail: { type: 'boolean' },
            hang: { type: 'boolean' },
            parallel: { type: 'boolean' },
            'job-tools': { type: 'string' },
            help: { type: 'boolean', short: 'h' }
        }
    }).values;
}

async function show(scenario: Scenario, jobTools: string | undefined): Promise<void> {
    const timeline = new Timeline();
    const closers: Array<() => unknown> = [];
    let isInterrupted = false;

    async function close(): Promise<void> {
        for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
    }
    async function interrupt(): Promise<void> {
        if (isInterrupted) return;
        isInterrupted = true;
        timeline.line('\nInterrupted: ending the builds and the API');
        await close();
        process.exit(130);
    }

    process.on('SIGINT', () => void interrupt());
    process.on('SIGTERM', () => void interrupt());
    timeline.line(`Demo: ${scenario.title}\n`);
    try {
        const summary = await run(scenario, jobTools, timeline, closers);

        await close();
        timeline.line(`\n${summary}`);
        timeline.line(`Done in ${timeline.seconds} s: every step as expected.`);
    } catch (error) {
        // The steps in progress fail because of it.
        if (isInterrupted) return;
        await close();
        timeline.line(
            `\nFailed after ${timeline.seconds} s${error instanceof StepFailure ? `, in the step ${error.step}` : `: ${String(error)}`}.`
        );
        process.exitCode = 1;
    }
}

function main(): Promise<void> | void {
    let values: ReturnType<typeof parse>;

    try {
        values = parse();
    } catch (error) {
        console.error(`${(error as Error).message}\n\n${USAGE}`);
        process.exitCode = 2;

        return;
    }
    if (values.help) return console.log(USAGE);
    const asked = (['fail', 'hang', 'parallel'] as const).filter(name => values[name]);
    const [name, other] = asked;

    if (other) {
        console.error(`Only one of ${asked.map(flag => `--${flag}`).join(', ')} at a time\n\n${USAGE}`);
        process.exitCode = 2;

        return;
    }

    return show(name ? SCENARIOS[name] : SUCCEED, values['job-tools']);
}

void main();
