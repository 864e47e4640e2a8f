import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { ROOT, UNMEASURED } from '../support/child';

const CLI = join(ROOT, 'dist/scaffold/cli.js');

interface Outcome {
    code: number;
    stdout: string;
    stderr: string;
}

async function run(command: string, args: string[], cwd: string, env = process.env): Promise<Outcome> {
    try {
        const { stdout, stderr } = await promisify(execFile)(command, args, { cwd, env });

        return { code: 0, stdout, stderr };
    } catch (error) {
        return error as Outcome;
    }
}

describe('screwdriver-executor-base new', () => {
    let folder: string;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), 'executor-cli-'));
    });

    afterEach(() => {
        rmSync(folder, { recursive: true, force: true });
    });

    const cli = (...args: string[]) => run(process.execPath, [CLI, ...args], folder);

    it('writes a package whose own npm test passes at once', async function () {
        this.timeout(300_000);
        const { code, stdout } = await cli('new', 'my-engine');
        const target = join(folder, 'screwdriver-executor-my-engine');

        expect(code).to.equal(0);
        expect(stdout).to.contain('Next: cd screwdriver-executor-my-engine && npm install && npm test');
        expect(readdirSync(target)).to.include.members([
            '.gitignore',
            'LICENSE',
            'README.md',
            'package.json',
            'screwdriver.yaml'
        ]);
        for (const file of [
            'package.json',
            'LICENSE',
            'README.md',
            'lib/executor.ts',
            'lib/engine.ts',
            'test/engine-server.ts'
        ]) {
            expect(readFileSync(join(target, file), 'utf8')).not.to.contain('{{');
        }

        // This project's tree already contains what npm install would add.
        symlinkSync(join(ROOT, 'node_modules'), join(target, 'node_modules'));
        const outcome = await run('npm', ['test'], target, UNMEASURED);

        expect(outcome.code, outcome.stdout + outcome.stderr).to.equal(0);
        expect(outcome.stdout).to.match(/pass [2-9]\d/);
        expect(outcome.stdout).to.contain('a stop during a start leaves nothing running');
        expect(outcome.stdout).to.contain('the arguments that the engine gets do not show the token');
        expect(outcome.stdout).to.contain('hides the token that the engine quotes');
        expect(outcome.stdout).to.not.contain('not checked:');
        expect(outcome.stdout).to.match(/Next: let lib\/engine.ts .+ README.md\n$/);

        // Its test is type-checked.
        writeFileSync(join(target, 'test/wrong.test.ts'), "const wrong: number = 'text';\n\nexport = wrong;\n");
        const wrong = await run('npm', ['test'], target, UNMEASURED);

        expect(wrong.code).to.not.equal(0);
        expect(wrong.stdout).to.contain("test/wrong.test.ts(1,7): error TS2322: Type 'string' is not assignable");
    });

    it('writes a README that names the existing hooks', async () => {
        await cli('new', 'my-engine');
        const read = (file: string) => readFileSync(join(folder, 'screwdriver-executor-my-engine', file), 'utf8');
        const hooks = [...read('lib/executor.ts').matchAll(/override async (_\w+)/g)].map(([, hook]) => `\`${hook}\``);

        expect(read('README.md')).to.contain(`the executor: ${hooks.slice(0, -1).join(', ')} and ${hooks.at(-1)}.`);
    });

    it('leaves the licence out of a package that is not open source', async () => {
        await cli('new', 'my-engine', '--license=UNLICENSED');
        const target = join(folder, 'screwdriver-executor-my-engine');

        expect(readdirSync(target)).to.not.include('LICENSE');
        expect(readFileSync(join(target, 'package.json'), 'utf8')).to.contain('"license": "UNLICENSED"');
    });

    it('takes the name with or without the prefix of the package', async () => {
        for (const name of ['screwdriver-executor-nomad', 'executor-mesos', 'ecs']) await cli('new', name);

        expect(readdirSync(folder)).to.deep.equal([
            'screwdriver-executor-ecs',
            'screwdriver-executor-mesos',
            'screwdriver-executor-nomad'
        ]);
    });

    it('does not change an existing folder, and says so', async () => {
        mkdirSync(join(folder, 'screwdriver-executor-mine'));
        writeFileSync(join(folder, 'screwdriver-executor-mine/notes'), 'mine');
        const { code, stderr } = await cli('new', 'mine');

        expect(code).to.equal(1);
        expect(stderr).to.contain('screwdriver-executor-mine already exists and was left unchanged');
        expect(readdirSync(join(folder, 'screwdriver-executor-mine'))).to.deep.equal(['notes']);
    });

    for (const name of ['My-Engine', '../up', 'a/b', '-x', '9lives', 'a--b', 'a-', '', 'é', 'x'.repeat(101)]) {
        it(`refuses ${JSON.stringify(name.slice(0, 12))} as a name and writes nothing`, async () => {
            const { code, stderr } = await cli('new', '--', name);

            expect(code).to.equal(1);
            expect(stderr).to.contain('cannot be the name of an engine: use lower-case letters');
            expect(readdirSync(folder)).to.deep.equal([]);
        });
    }

    for (const name of ['base', 'screwdriver-executor-base', 'executor-k8s', 'router']) {
        it(`refuses ${name}: the API has a package of that name`, async () => {
            const { code, stderr } = await cli('new', name);

            expect(code).to.equal(1);
            expect(stderr).to.equal(
                `"${name}" cannot be the name of an engine: the API already contains a package named ` +
                    `screwdriver-executor-${name.split('-').at(-1)}. Choose another name, such as my-engine\n`
            );
            expect(readdirSync(folder)).to.deep.equal([]);
        });
    }

    it('says what to do with a scope', async () => {
        const { code, stderr } = await cli('new', '@acme/my-engine');

        expect(code).to.equal(1);
        expect(stderr).to.equal(
            '"@acme/my-engine" has a scope, but the name of an engine cannot have one: use "my-engine", then write @acme/ ' +
                'before the name in its package.json\n'
        );
        expect(readdirSync(folder)).to.deep.equal([]);
    });

    it('shows its usage on request', async () => {
        const { code, stdout } = await cli('--help');

        expect(code).to.equal(0);
        expect(stdout).to.match(/^Usage: screwdriver-executor-base new <name>/);
    });

    it('shows its version on request', async () => {
        const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

        for (const flag of ['--version', '-v']) {
            expect(await cli(flag)).to.include({ code: 0, stdout: `${version}\n` });
        }
    });

    for (const [args, flaw] of [
        [[], 'Usage: '],
        [['new'], 'The name of the engine is missing\n\nUsage: '],
        [['make', 'x'], 'Unknown command: make\n\nUsage: '],
        [['new', 'a', 'b'], 'Only one name is allowed: a b\n\nUsage: '],
        [['new', 'a', '--license=MIT'], '--license is one of BSD-3-Clause, UNLICENSED\n\nUsage: '],
        [['new', 'a', '--force'], "Unknown option '--force'"]
    ] as const) {
        it(`says what is wrong and shows its usage, with code 2, for ${JSON.stringify(args)}`, async () => {
            const { code, stderr } = await cli(...args);

            expect(code).to.equal(2);
            expect(stderr.slice(0, flaw.length)).to.equal(flaw);
            expect(stderr).to.contain('Usage: screwdriver-executor-base new <name>');
            expect(readdirSync(folder)).to.deep.equal([]);
        });
    }
});
