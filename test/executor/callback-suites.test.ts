import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';

/**
 * Runs one of the suites next to this file under mocha. Returns the titles that passed and failed, and mocha's exit
 * code.
 */
function runSuite(name: string, flags: string[] = []): Promise<{ code: number; stdout: string; stderr: string }> {
    const args = [require.resolve('mocha/bin/mocha.js'), '--no-config', '--reporter=tap', ...flags];

    return new Promise(resolve => {
        execFile(process.execPath, [...args, join(__dirname, 'callback-suites', name)], (error, stdout, stderr) =>
            resolve({ code: Number(error?.code ?? 0), stdout, stderr })
        );
    });
}

const outcomes = (stdout: string) => stdout.split('\n').filter(line => /^(not )?ok /.test(line));

describe('a suite whose callbacks throw, under mocha', () => {
    it('ends at the first of them: its test passes, then fails, and no other test runs', async () => {
        const { code, stdout } = await runSuite('wrong.js');

        expect(outcomes(stdout)).to.deep.equal(['ok 1 _startPeriodic starts', 'not ok 2 _startPeriodic starts']);
        expect(stdout).to.include('assert.calledWithArgs is not a function');
        expect(code).to.equal(1);
    });

    it('ends with the exit code 7 if mocha allows uncaught exceptions', async () => {
        const { code, stdout, stderr } = await runSuite('wrong.js', ['--retries=1', '--exit', '--allow-uncaught']);

        expect(outcomes(stdout)).to.deep.equal(['ok 1 _startPeriodic starts']);
        expect(stderr).to.include('assert.calledWithArgs is not a function');
        expect(code).to.equal(7);
    });

    it('passes once it awaits the promise, or takes done from mocha', async () => {
        for (const flags of [[], ['--retries=1', '--exit', '--allow-uncaught']]) {
            const { code, stdout } = await runSuite('right.js', flags);

            expect(outcomes(stdout)).to.deep.equal([
                'ok 1 _startPeriodic starts',
                'ok 2 _startPeriodic starts, told by a callback',
                'ok 3 _stopPeriodic comes after it'
            ]);
            expect(code).to.equal(0);
        }
    });
});
