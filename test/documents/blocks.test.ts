import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { scaffold } from '../../dist/scaffold/scaffold';
import { ROOT, UNMEASURED } from '../support/child';
import { blocksOf, documents, type Block } from '../support/markdown';

/**
 * Every block of JavaScript and TypeScript is a complete program in a project that has this package. A block marked
 * `continues` is one program with the preceding block of its language. A block marked `template=lib/engine.ts` is not a
 * program: it must be in that file of the package that `new my-engine` writes. If a line logs and ends in a comment,
 * the comment is a line of the program's output.
 */
const PROGRAMS = ['js', 'ts'];
/** Checks that commands exist without running them: otherwise the tests would run themselves. */
const COMMANDS = ['sh'];
const PICTURES = ['', 'mermaid', 'json', 'text', 'diff', 'yaml'];
const OWN_TEST = ['docs/write-an-executor.md'];

const REPORTED = /console\.log\(.*\);? \/\/ (.+)$/;
const { name, scripts, bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    name: string;
    scripts: Record<string, string>;
    bin?: Record<string, string>;
};
const folder = mkdtempSync(join(tmpdir(), 'documents-'));

/** The file of the template that a block quotes: `ts template=lib/engine.ts`. */
function quoted(words: string[]): string | undefined {
    return words.find(word => word.startsWith('template='))?.slice('template='.length);
}

/** Blocks of one program. The first one names it. */
function programsOf(blocks: Block[]): Block[][] {
    const programs: Block[][] = [];

    for (const block of blocks.filter(({ language, words }) => PROGRAMS.includes(language) && !quoted(words))) {
        const before = programs.findLast(([first]) => first!.language === block.language);

        if (block.words.includes('continues') && before) before.push(block);
        else programs.push([block]);
    }

    return programs;
}

/** Keeps the line numbers of the document, so that errors refer to them. */
function fileOf(program: Block[]): string {
    const { document, line, language } = program[0]!;
    const path = join(folder, `${document.replaceAll('/', '-')}-${line}.${language}`);
    const lines: string[] = [];

    for (const { line: first, code } of program) {
        for (const [offset, text] of code.entries()) lines[first - 1 + offset] = text;
    }
    writeFileSync(path, `${Array.from(lines, text => text ?? '').join('\n')}\n`);

    return path;
}

function run(...args: string[]): Promise<{ failed: boolean; stdout: string; all: string }> {
    return new Promise(resolve => {
        execFile(process.execPath, args, { cwd: folder, env: UNMEASURED, timeout: 60_000 }, (error, stdout, stderr) =>
            resolve({ failed: error !== null, stdout, all: `${error?.signal ?? ''}\n${stdout}\n${stderr}` })
        );
    });
}

function runProgram(program: Block[]) {
    const flags = program[0]!.language === 'ts' ? ['--require', require.resolve('tsx/cjs')] : [];

    return run(...flags, fileOf(program));
}

/** What is wrong with a command, if anything. */
function flawOf(command: string): string | undefined {
    const [program, verb = '', ...rest] = command.trim().split(/\s+/);
    const subject = rest.filter(word => !word.startsWith('-'));

    if (program === 'npm' && ['install', 'ci'].includes(verb)) {
        return subject.every(word => word === name || rest.includes('--save-dev')) ? undefined : 'installs a stranger';
    }
    if (program === 'npm' && ['test', 'run'].includes(verb)) {
        const script = verb === 'test' ? 'test' : subject[0]!;

        return script in scripts ? undefined : `package.json has no script ${script}`;
    }
    if (program === 'npx')
        return verb in { ...bin } || existsSync(join(ROOT, 'node_modules/.bin', verb)) ? undefined : 'no such bin';
    if (program === 'node') return existsSync(join(ROOT, verb)) ? undefined : 'no such file';

    return 'a command that this test does not know';
}

describe('the documents', function () {
    this.timeout(120_000);

    before(() => {
        symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
        writeFileSync(join(folder, 'package.json'), '{}');
        writeFileSync(
            join(folder, 'tsconfig.json'),
            JSON.stringify({
                compilerOptions: {
                    target: 'es2023',
                    module: 'node20',
                    types: ['node', 'mocha'],
                    strict: true,
                    noImplicitOverride: true,
                    // For blocks with @ts-check.
                    allowJs: true,
                    skipLibCheck: true,
                    noEmit: true
                }
            })
        );
    });

    after(() => rmSync(folder, { recursive: true }));

    /** A file of the package that `new my-engine` writes. */
    function written(file: string): string {
        const target = join(folder, 'screwdriver-executor-my-engine');

        if (!existsSync(target)) scaffold('my-engine', folder);

        return readFileSync(join(target, file), 'utf8');
    }

    for (const document of documents(OWN_TEST)) {
        const blocks = blocksOf(document);

        it(`${document} has blocks of known languages only`, () => {
            for (const { language, line } of blocks) {
                expect([...PROGRAMS, ...COMMANDS, ...PICTURES], `${document}:${line}`).to.include(language);
            }
        });

        for (const { line, code } of blocks.filter(({ language }) => COMMANDS.includes(language))) {
            it(`${document}:${line} has commands that exist`, () => {
                for (const command of code.filter(text => !/^\s*(#|$)/.test(text)).flatMap(text => text.split('&&'))) {
                    expect(flawOf(command.replace(/ #.*/, '')), command).to.equal(undefined);
                }
            });
        }

        for (const { line, words, code } of blocks.filter(block => quoted(block.words))) {
            it(`${document}:${line} quotes the template`, () => {
                expect(written(quoted(words)!)).to.contain(`\n${code.join('\n')}\n`);
            });
        }

        for (const program of programsOf(blocks)) {
            it(`${document}:${program[0]!.line} runs`, async () => {
                const { failed, stdout, all } = await runProgram(program);

                expect(failed, all).to.equal(false);
                const printed = stdout.split('\n');

                for (const text of program.flatMap(({ code }) => code)) {
                    const [, expected] = REPORTED.exec(text) ?? [];

                    if (expected !== undefined) expect(printed).to.include(expected);
                }
            });
        }
    }

    it('have TypeScript that compiles', async () => {
        for (const document of documents(OWN_TEST)) programsOf(blocksOf(document)).forEach(fileOf);
        const { failed, all } = await run(require.resolve('typescript/bin/tsc'), '--pretty', 'false', '--project', '.');

        expect(failed, all).to.equal(false);
    });
});
