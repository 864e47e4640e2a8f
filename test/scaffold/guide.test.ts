import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { ROOT, UNMEASURED } from '../support/child';

const GUIDE = readFileSync(join(ROOT, 'docs/write-an-executor.md'), 'utf8');

/** A step of the guide: a file to save, or lines for the shell. */
interface Step {
    file: string | undefined;
    text: string;
}

function stepsOf(section: string): Step[] {
    const start = GUIDE.indexOf(`\n## ${section}\n`);
    const end = GUIDE.indexOf('\n## ', start + 1);

    return [...GUIDE.slice(start, end).matchAll(/^```(\w+)(?: file=(\S+))?\n([^]*?)^```$/gm)].map(
        ([, , file, text = '']) => ({ file, text })
    );
}

/** The guide's packages, which this project's tree already contains. */
function install(folder: string, line: string): void {
    for (const name of line.split(' ').filter(word => !/^(npm|install|--save-dev)$/.test(word))) {
        const [path = ''] = /^@?[^@]+/.exec(name) ?? [];
        const target = join(folder, 'node_modules', path);

        mkdirSync(dirname(target), { recursive: true });
        symlinkSync(path === 'screwdriver-executor-base' ? ROOT : join(ROOT, 'node_modules', path), target);
    }
}

async function follow(steps: Step[], folder: string): Promise<string> {
    let printed = '';

    for (const { file, text } of steps) {
        if (file) {
            writeFileSync(join(folder, file), text);
            continue;
        }
        for (const line of text.trim().split('\n')) {
            if (line.startsWith('npm install ')) {
                install(folder, line);
                continue;
            }
            const { stdout } = await promisify(execFile)(
                'sh',
                ['-c', line.replace('npx tsc', join(ROOT, 'node_modules/.bin/tsc'))],
                { cwd: folder, env: UNMEASURED }
            );

            printed = stdout;
        }
    }

    return printed;
}

describe('The guide to write an executor', function () {
    this.timeout(300_000);
    let folder: string;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), 'executor-guide-'));
    });

    afterEach(() => {
        rmSync(folder, { recursive: true, force: true });
    });

    /** The output of a program that uses the guide's executor with the given launch script. */
    async function use(script: string, program: string): Promise<string> {
        const steps = stepsOf('In JavaScript').filter(({ text }) => !text.includes('node --test'));

        writeFileSync(join(folder, 'launch'), `#!/bin/sh\nPATH=/usr/bin:/bin\nshift 2\n${script}\n`, { mode: 0o755 });
        await follow(
            [
                ...steps,
                {
                    file: 'program.js',
                    text: `
                        const { startConfig, startTokenApi } = require('screwdriver-executor-base/testing');
                        const MyExecutor = require('./executor');
                        const executor = new MyExecutor({ mountPoint: __dirname });

                        startTokenApi().then(async api => {
                            const configOf = buildId => startConfig(api, { buildId });
                            const start = buildId => executor.start(configOf(buildId)).catch(error => error);
                            ${program}
                            await api.close();
                        });`
                }
            ],
            folder
        );
        const { stdout } = await promisify(execFile)(process.execPath, ['program.js'], {
            cwd: folder,
            env: UNMEASURED,
            timeout: 60_000
        });

        return stdout;
    }

    for (const section of ['In JavaScript', 'In TypeScript']) {
        it(`${section.toLowerCase()} leads from an empty folder to a green executor`, async () => {
            const steps = stepsOf(section);
            const printed = await follow(steps, folder).catch((error: { stdout: string; stderr: string }) => {
                expect.fail(`${error.stdout}\n${error.stderr}`);
            });

            expect(steps.filter(({ file }) => file)).to.have.length.above(1);
            expect(printed).to.contain('a stop during a start leaves nothing running');
            expect(printed)
                .to.match(/pass [2-9]\d/)
                .and.to.match(/fail 0/);
        });
    }

    it('leads to an executor that leaves no build behind if a start and cleanUp are concurrent', async () => {
        const printed = await use(
            'sleep 60',
            `
            const cleaned = executor.cleanUp();
            const outcomes = [await start(1), await cleaned.then(() => start(2))];

            console.log(executor.builds.size, ...outcomes.map(({ code, retryable }) => code + retryable));
            `
        );

        expect(printed).to.equal('0 EXECUTOR_SHUTDOWNtrue EXECUTOR_SHUTDOWNtrue\n');
    });

    it('leads to an executor whose verify does not fail a build that has ended well', async () => {
        const printed = await use(
            'exit $(($1 == 1 ? 0 : 3))',
            `
            await Promise.all([start(1), start(2)]);
            while (executor.builds.size > 0) await new Promise(setImmediate);
            for (const buildId of [1, 2, 3]) console.log(await executor.verify(configOf(buildId)));
            await executor.stop(configOf(1));
            console.log(await executor.verify(configOf(1)));
            `
        );

        expect(printed.split('\n')).to.deep.equal([
            '',
            'The launcher of build 2 ended with 3.',
            'Build 3 is not running.',
            'Build 1 is not running.',
            ''
        ]);
    });

    it('leads to an executor that reports why a start failed', async () => {
        const printed = await use(
            'sleep 60',
            `
            await start(1);
            executor.config.mountPoint = '/nowhere';
            console.log(await start(1));
            const { code, kind, userMessage } = await start(2);

            console.log(code, kind, userMessage);
            await executor.cleanUp();
            `
        );

        expect(printed.split('\n')).to.deep.equal([
            'undefined',
            'MYENGINE_LAUNCH configuration The build could not be started. Tell the cluster administrators.',
            ''
        ]);
    });

    it('is red for an executor whose stop does not end the start in progress', async () => {
        const steps = stepsOf('In JavaScript').map(({ file, text }) => ({
            file,
            text: text.replace('static callsInTurn = true;', '')
        }));
        const { stdout } = await follow(steps, folder).then(
            () => expect.fail('the kit passed it'),
            (error: { stdout: string }) => error
        );

        expect(stdout).to.match(/(✖|not ok \d+ -) a stop during a start leaves nothing running/);
    });

    it('is red for an executor that reports success for a build that does not exist', async () => {
        const steps = stepsOf('In JavaScript').map(({ file, text }) => ({
            file,
            text: text.replace(/`Build .* is not running\.`/, 'undefined')
        }));
        const { stdout } = await follow(steps, folder).then(
            () => expect.fail('the kit passed it'),
            (error: { stdout: string }) => error
        );

        expect(stdout).to.contain('verify of an unknown build resolves with a string or rejects with an Error');
    });
});
