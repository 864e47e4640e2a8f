import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { processesIn } from './processes';

const MAIN = join(__dirname, '..', 'demo', 'main.ts');

interface Outcome {
    code: number | null;
    output: string;
}

/** @param interruptAt what the demo prints when it is to get SIGINT */
async function demo(args: string[], interruptAt?: string): Promise<Outcome> {
    const child = spawn(process.execPath, ['-r', 'tsx/cjs', MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';

    for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
            output += text;
            if (interruptAt && output.includes(interruptAt)) child.kill('SIGINT');
        });
    }
    const [code] = (await once(child, 'close')) as [number | null];

    return { code, output };
}

describe('process executor: the demo', function () {
    this.timeout(60_000);

    function expectNoToken({ output }: Outcome): void {
        expect(output.match(/eyJ(?!\*\*\*)/)).to.equal(null);
    }

    it('runs every step', async () => {
        const outcome = await demo([]);
        const steps = [...outcome.output.matchAll(/ s ✓ ([\w ]+?) {2,}/g)].map(([, step]) => step);

        expect(outcome.code, outcome.output).to.equal(0);
        expect(steps.join(', ')).to.equal(
            'token API, start, verify, status, outcome, status, log, stop, stats, cleanUp, left over'
        );
        expect(outcome.output).to.contain('Builds: 1 × SUCCESS, as expected. Temporal tokens exchanged: 1.');
        expectNoToken(outcome);
    });

    it('ends well with a build that fails', async () => {
        const outcome = await demo(['--fail']);

        expect(outcome.code, outcome.output).to.equal(0);
        expect(outcome.output).to.contain('1 × FAILURE: Step test ended with exit code 1');
        expectNoToken(outcome);
    });

    it('ends well with a build that hangs, and with twenty at once', async () => {
        const [hang, parallel] = await Promise.all([demo(['--hang']), demo(['--parallel'])]);

        expect(hang.code, hang.output).to.equal(0);
        expect(hang.output).to.contain('1 × FAILURE: The build took longer than its timeout of 0.05 minutes');
        expect(parallel.code, parallel.output).to.equal(0);
        expect(parallel.output).to.contain('20 × SUCCESS');
        expectNoToken(hang);
        expectNoToken(parallel);
    });

    it('names the step that failed', async () => {
        const outcome = await demo(['--job-tools', '/no/such/folder']);

        expect(outcome.code, outcome.output).to.equal(1);
        expect(outcome.output).to.match(/Failed after \d+\.\d+ s, in the step start\.\n$/);
        expectNoToken(outcome);
    });

    it('leaves nothing when it is interrupted', async () => {
        const outcome = await demo(['--hang'], 'log        waiting in');
        const folder = /(\/\S*screwdriver-demo-\w+)/.exec(outcome.output)?.[1];

        expect(outcome.code, outcome.output).to.equal(130);
        expect(outcome.output).to.contain('Interrupted');
        expect(folder && existsSync(folder)).to.equal(false);
        expect(await processesIn(String(folder))).to.deep.equal([]);
    });

    it('lists its variants, and says what it does not understand', async () => {
        const [help, wrong, two] = await Promise.all([demo(['--help']), demo(['--wrong']), demo(['--fail', '--hang'])]);

        expect(help.code).to.equal(0);
        expect(help.output).to.contain('--fail').and.to.contain('--hang').and.to.contain('--parallel');
        expect(wrong.code).to.equal(2);
        expect(wrong.output).to.contain("Unknown option '--wrong'");
        expect(two.code).to.equal(2);
        expect(two.output).to.match(/^Only one of --fail, --hang at a time\n\n/);
    });
});
