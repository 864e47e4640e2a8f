#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { LICENSES, scaffold } from './scaffold';

const HELP = `Usage: screwdriver-executor-base new <name> [--license=UNLICENSED]

Writes the package of a new executor to the folder screwdriver-executor-<name>: the executor in TypeScript, the
conformance kit wired in, lint, README, LICENSE and CI. It passes its own npm test at once.

  <name>         name of the engine: lower-case letters, digits and hyphens, such as my-engine
  --license      BSD-3-Clause, which is the default, or UNLICENSED for a package that is not open source
  -h, --help     shows this text
  -v, --version  shows the version of screwdriver-executor-base

An existing folder is never written to.`;

const OPTIONS = {
    license: { type: 'string', default: 'BSD-3-Clause' },
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'v' }
} as const;

/** Runs the command and returns its output and exit code. Code 2 means wrong usage. */
function run(args: string[]): { code: number; text: string } {
    let parsed;

    try {
        parsed = parseArgs({ args, allowPositionals: true, options: OPTIONS });
    } catch (error) {
        return misused((error as Error).message);
    }
    const [command, name, ...rest] = parsed.positionals;

    if (parsed.values.help) return { code: 0, text: HELP };
    if (parsed.values.version) return { code: 0, text: (require('../../package.json') as { version: string }).version };
    if (command === undefined) return { code: 2, text: HELP };
    if (command !== 'new') return misused(`Unknown command: ${command}`);
    if (name === undefined) return misused('The name of the engine is missing');
    if (rest.length > 0) return misused(`Only one name is allowed: ${[name, ...rest].join(' ')}`);
    const license = LICENSES.find(known => known === parsed.values.license);

    if (!license) return misused(`--license is one of ${LICENSES.join(', ')}`);
    try {
        const { folder, files } = scaffold(name, process.cwd(), license);

        return {
            code: 0,
            text: [
                `Wrote ${folder}:`,
                ...files.map(file => `  ${file}`),
                '',
                `Next: cd ${folder} && npm install && npm test`
            ].join('\n')
        };
    } catch (error) {
        return { code: 1, text: (error as Error).message };
    }
}

/** What is wrong with the call, and the usage. */
function misused(flaw: string): { code: number; text: string } {
    return { code: 2, text: `${flaw}\n\n${HELP}` };
}

const { code, text } = run(process.argv.slice(2));

process.exitCode = code;
(code === 0 ? process.stdout : process.stderr).write(`${text}\n`);
